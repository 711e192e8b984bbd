CREATE TABLE public.logbook (seen timestamp, noted text, day date, ticks bigint);
