-- Line protocol: the grammar as InfluxDB has it, and every way to break it.
SET timezone = 'UTC';
SET datestyle = 'ISO';
SELECT flux.create_bucket('tlp') > 0 AS created;

-- types, and how a number may look
SELECT flux.write('tlp', $$types a=1,b=-1.5e+3,c=.5,d=2.,e=12i,f=-9223372036854775808i,g=18446744073709551615u,h=t,i=FALSE,j="text",k=123456789012345678901234567890.0,l=1e-320,m=0.1 1$$);
SELECT _field, v_float, v_int, v_uint, v_bool, v_str FROM tlp._points ORDER BY _field;

-- booleans
SELECT flux.write('tlp', $$bools a=t,b=T,c=true,d=True,e=TRUE,f=f,g=F,h=false,i=False,j=FALSE 1$$);
SELECT * FROM tlp.bools;

-- escapes: , space = in names; " \ in strings; a backslash elsewhere is itself
SELECT flux.write('tlp', $$my\ me\,as=ure,tag\ k\=ey\,=tag\ v\=al\,ue,back\slash=c:\dir field\ k\=ey\,="q\"uo\\te\x, = #" 1$$);
SELECT _measurement, _field, tags, v_str FROM tlp._points WHERE time_ns = 1 AND _measurement LIKE 'my%';
SELECT flux.write('tlp', E'"quoted",t="q" f="two\nlines" 1');
SELECT * FROM tlp."""quoted""";

-- blank lines, comments, CRLF, leading blanks, no newline at the end
SELECT flux.write('tlp', E'\n# comment\n  \t\n\r\nblank,a=1 f=1 1\r\n\tblank,a=2 f="x"  2  \r\n#last\nblank,a=3 f2=t 3');
SELECT * FROM tlp.blank ORDER BY time_ns;
SELECT flux.write('tlp', '');

-- tags are sorted: one series however they are written
SELECT flux.write('tlp', E'order,b=2,a=1 f=1 1\norder,a=1,b=2 f=2 2\norder,b=2,a=1 g=3 2');
SELECT * FROM tlp."order" ORDER BY time_ns;
SELECT series FROM flux.measurements WHERE bucket = 'tlp' AND measurement = 'order';

-- of duplicates the last one wins, fields merge
SELECT flux.write('tlp', E'dup f=1,f=2,g=1 5\ndup f=3,h=4 5');
SELECT * FROM tlp.dup;

-- precision; a line without a time has the clock's
SELECT flux.write('tlp', 'prec v="s" 1700000000', 's');
SELECT flux.write('tlp', 'prec v="ms" 1700000000001', 'ms');
SELECT flux.write('tlp', 'prec v="us" 1700000000000002', 'us');
SELECT flux.write('tlp', 'prec v="ns" 1700000000000000003', 'ns');
SELECT flux.write('tlp', 'prec v="now"'), flux.write('tlp', 'prec v="now, whole"', 's');
SELECT time_ns, v FROM tlp.prec WHERE v NOT LIKE 'now%' ORDER BY time_ns;
SELECT v, abs(extract(epoch FROM time - now())) < 60 AS is_now, time_ns % 1000000000 = 0 AS whole
FROM tlp.prec WHERE v LIKE 'now, whole';
SELECT flux.write('tlp', 'prec v=1', 'h');
SELECT flux.write('tlp', 'prec v="x" 9223372037', 's');

-- bytes
SELECT flux.write('tlp', convert_to(E'bytes,ort=München f=1 1', 'UTF8'));
SELECT ort FROM tlp.bytes;
SELECT flux.write('tlp', '\x6d20663d2280ff22'::bytea);

-- a field named time is left out
SELECT flux.write('tlp', 'timed time=1,f=2 1');
SELECT flux.write('tlp', 'timed time=1 1');
SELECT * FROM tlp.timed;

-- malformed: nothing is written; line and column are named
\set VERBOSITY terse
SELECT flux.write('tlp', E'good f=1 1\n,a=b f=1');
SELECT flux.write('tlp', 'm');
SELECT flux.write('tlp', 'm ');
SELECT flux.write('tlp', 'm,a=b');
SELECT flux.write('tlp', 'm,a f=1');
SELECT flux.write('tlp', 'm,a= f=1');
SELECT flux.write('tlp', 'm,=b f=1');
SELECT flux.write('tlp', 'm, f=1');
SELECT flux.write('tlp', 'm,a=b,a=c f=1');
SELECT flux.write('tlp', 'm,a=b=c f=1');
SELECT flux.write('tlp', 'm,time=b f=1');
SELECT flux.write('tlp', 'm,_field=b f=1');
SELECT flux.write('tlp', 'm,_measurement=b f=1');
SELECT flux.write('tlp', 'm f');
SELECT flux.write('tlp', 'm f=');
SELECT flux.write('tlp', 'm =1');
SELECT flux.write('tlp', 'm f=1,');
SELECT flux.write('tlp', 'm f=1,,g=2');
SELECT flux.write('tlp', 'm f="x');
SELECT flux.write('tlp', 'm f="x"y');
SELECT flux.write('tlp', 'm f=x');
SELECT flux.write('tlp', 'm f=tru');
SELECT flux.write('tlp', 'm f=1x');
SELECT flux.write('tlp', 'm f=+1');
SELECT flux.write('tlp', 'm f=-');
SELECT flux.write('tlp', 'm f=.');
SELECT flux.write('tlp', 'm f=1e');
SELECT flux.write('tlp', 'm f=1e5000');
SELECT flux.write('tlp', 'm f=NaN');
SELECT flux.write('tlp', 'm f=-Inf');
SELECT flux.write('tlp', 'm f=0x10');
SELECT flux.write('tlp', 'm f=9223372036854775808i');
SELECT flux.write('tlp', 'm f=-9223372036854775809i');
SELECT flux.write('tlp', 'm f=18446744073709551616u');
SELECT flux.write('tlp', 'm f=-1u');
SELECT flux.write('tlp', 'm f=1.5i');
SELECT flux.write('tlp', 'm f=1 now');
SELECT flux.write('tlp', 'm f=1 1.5');
SELECT flux.write('tlp', 'm f=1 1 2');
SELECT flux.write('tlp', 'm f=1 -');
SELECT flux.write('tlp', 'm f=1 9223372036854775807');
SELECT flux.write('tlp', E'm f=1 1\rm f=2 2');
SELECT flux.write('tlp', E'ok f=1\n# c\n\nok f="a\nb" 1\nok f=?');
\set VERBOSITY default
SELECT flux.write('tlp', 'm,tag=' || repeat('é', 100) || ' f=?');
SELECT count(*) FROM flux.measurements WHERE bucket = 'tlp' AND measurement IN ('good', 'm', 'ok');

-- limits, on both sides
SELECT flux.write('tlp', repeat('m', 1024) || ' f=1 1');
SELECT flux.write('tlp', repeat('m', 1025) || ' f=1 1');
SELECT flux.write('tlp', 'lim,' || repeat('k', 1024) || '=v f=1 1');
SELECT flux.write('tlp', 'lim,' || repeat('k', 1025) || '=v f=1 1');
SELECT flux.write('tlp', 'lim ' || repeat('f', 1024) || '=1 1');
SELECT flux.write('tlp', 'lim ' || repeat('f', 1025) || '=1 1');
SELECT flux.write('tlp', 'lim,k=' || repeat('v', 65529) || ' f=1 1');
\set VERBOSITY terse
SELECT flux.write('tlp', 'lim,k=' || repeat('v', 65530) || ' f=1 1');
\set VERBOSITY default
SELECT flux.write('tlp', 'lim s="' || repeat('x', 1048576) || '" 2');
SELECT flux.write('tlp', E'lim s="ok" 3\nlim s="' || repeat('x', 1048577) || '" 4');
SELECT time_ns, length(s) FROM tlp.lim WHERE s IS NOT NULL ORDER BY 1;
-- long names in a table
SELECT table_name, left(measurement, 5) FROM flux.measurements
WHERE bucket = 'tlp' AND measurement LIKE 'mmm%';
SELECT attname, left(attfdwoptions::text, 12), length(attfdwoptions::text) FROM pg_attribute
WHERE attrelid = 'tlp.lim'::regclass AND length(attname) = 63 ORDER BY attname;
SELECT flux.drop_bucket('tlp');
