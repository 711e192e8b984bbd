SELECT flux.write('test', string_agg(format('m,host=%s f=%s %s', host, i, 1577836800 + i), E'\n'), 's')
FROM generate_series(0, 399) i, unnest(ARRAY['a', 'b', 'c']) host;
