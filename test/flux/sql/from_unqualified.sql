CREATE TABLE public.diary (entry text);
