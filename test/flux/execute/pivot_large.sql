SELECT flux.write('test', string_agg(format('m,host=%s f=%s,s="text %s"', host, i, i) ||
	CASE WHEN i % 3 = 0 THEN format(',g=%s', i) ELSE '' END ||
	CASE WHEN host = 'b' AND i > 1495 THEN ',late=true' ELSE '' END || ' ' || (1577836800 + i), E'\n'), 's')
FROM unnest(ARRAY['a', 'b', 'c']) AS host, generate_series(1, 1500) AS i;
SELECT flux.write('test', string_agg(format('m,host=%s z=%s %s', host, i, 1577836800 + i), E'\n'), 's')
FROM unnest(ARRAY['a', 'c']) AS host, generate_series(-30, 2000) AS i WHERE i > 0 AND i % 2 = 0;
SELECT flux.write('test', string_agg(format('m,host=%s zz=%s %s', host, i, 1577837800 - i), E'\n'), 's')
FROM unnest(ARRAY['a', 'd']) AS host, generate_series(1, 999) AS i;
