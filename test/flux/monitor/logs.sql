SELECT flux.create_bucket('_monitoring') > 0;
SELECT flux.write('_monitoring', $$statuses,_level=crit,host=a n=1 1577836800000000000
statuses,_level=ok,host=b n=2 1577836860000000000
statuses,_level=crit,host=a n=3 1577840400000000000
notifications,_level=crit,_sent=true,host=a n=4,rule="x" 1577836800000000000
notifications,_level=crit,_sent=false,host=b n=5,rule="y" 1577836860000000000
notifications,_level=crit,_sent=true,host=a n=6,rule="z" 1577840400000000000$$);
