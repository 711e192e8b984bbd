-- Templates of InfluxDB: planned, applied, applied again, exported.
SET timezone = 'UTC';
SET client_min_messages = warning;
CREATE ROLE flux_template_tom;
SELECT format('GRANT CREATE ON DATABASE %I TO flux_template_tom', current_database()) \gexec
SET ROLE flux_template_tom;
\set SHOW_CONTEXT never
SELECT $yaml$
# as "influx export" writes them
apiVersion: influxdata.com/v2alpha1
kind: Label
metadata:
    name: vivid-label-1
spec:
    color: '#326BBA'
    name: production
---
apiVersion: influxdata.com/v2alpha1
kind: Bucket
metadata:
    name: tpl-raw
spec:
    name: tpl-raw
    description: raw points
    retentionRules:
      - everySeconds: 604800
        type: expire
---
apiVersion: influxdata.com/v2alpha1
kind: Task
metadata:
    name: great-task-1
spec:
    associations:
      - kind: Label
        name: vivid-label-1
    description: hourly means
    every: 1h0m0s
    name: hourly
    offset: 5m0s
    query: |-
        from(bucket: "tpl-raw")
          |> range(start: -task.every)
          |> aggregateWindow(every: 5m, fn: mean)
          |> to(bucket: "tpl-means")
    status: inactive
---
apiVersion: influxdata.com/v2alpha1
kind: Task
metadata:
    name: great-task-2
spec:
    name: with option
    every: 60m
    query: "option task = {name: \"with option\", every: 1h}\nfrom(bucket: \"tpl-raw\") |> range(start: -1h) |> yield()"
---
apiVersion: influxdata.com/v2alpha1
kind: Variable
metadata:
    name: hosts
spec:
    name: hosts
    type: constant
    values: [a, "b", 3]
---
apiVersion: influxdata.com/v2alpha1
kind: Bucket
metadata:
    name: means
spec:
    name: {envRef: {key: means, default: tpl-means}}
---
kind: Dashboard
metadata: {name: board}
spec: {name: Board}
$yaml$ AS template \gset
SELECT * FROM flux.apply(:'template', dry_run => true);
SELECT count(*) FROM flux.tasks;
SELECT * FROM flux.apply(:'template');
SELECT * FROM flux.apply(:'template');
SELECT name, every, "offset", status, labels, description, script FROM flux.tasks ORDER BY name;
SELECT name, retention, description FROM flux.buckets WHERE name LIKE 'tpl-%' ORDER BY name;
SELECT * FROM flux.variables;
SELECT * FROM flux.labels;

-- what differs is shown and made right
SELECT flux.alter_task('hourly', every => '2h', active => true);
SELECT flux.alter_bucket('tpl-raw', retention => '2 days');
SELECT flux.set_label('production', 'red');
SELECT * FROM flux.apply(:'template', true) WHERE action <> 'unchanged';
SELECT * FROM flux.apply(:'template') WHERE action <> 'unchanged';
SELECT count(*) FROM flux.apply(:'template') WHERE action <> 'unchanged';
SELECT kind, name, action FROM flux.apply(:'template', true, '{"means": "tpl-other"}') WHERE action = 'create';

-- what is exported is the same state
SELECT flux.export() AS exported \gset
SELECT kind, action, count(*) FROM flux.apply(:'exported') GROUP BY kind, action ORDER BY kind;
SELECT flux.drop_task(task_id) FROM flux.tasks;
SELECT flux.drop_bucket('tpl-raw'), flux.drop_bucket('tpl-means'), flux.drop_label('production'), flux.drop_variable('hosts');
SELECT kind, action, count(*) FROM flux.apply(:'exported') GROUP BY kind, action ORDER BY kind;
SELECT flux.export() = :'exported' AS equal;

-- refusals: nothing of a template that fails is kept
SELECT * FROM flux.apply(E'kind: Bucket\nmetadata: {name: tpl-x}\n---\nkind: Task\nmetadata: {name: t}\nspec: {every: 1h, query: "fron()"}');
SELECT count(*) FROM flux.buckets WHERE name = 'tpl-x';
SELECT * FROM flux.apply('kind: Bucket', true);
SELECT * FROM flux.apply('a: b', true);
SELECT * FROM flux.apply('kind: Bucket
metadata: {name: {envRef: {key: missing}}}');
SELECT * FROM flux.apply('just text');
SELECT * FROM flux.apply('');
SELECT * FROM flux.apply('a: [1, 2');
SELECT * FROM flux.apply(E'a: &x [1]\nb: *x');
SELECT * FROM flux.apply(E'a: 1\nb: *x');
SELECT * FROM flux.apply(repeat('[', 100));
SELECT * FROM flux.apply('{[1]: 2}');
SELECT * FROM flux.apply('[' || repeat('1,', 200001) || ']');
SELECT * FROM flux.apply(repeat('#', 9000000));
SELECT flux.template_objects(E'a: [null, ~, true, 1, -1.5e3, 01, "1", 0x1F, .5, yes, 2020-01-01]\n---\n"x"');
SELECT flux.task_script('x = 1', 'a', '1h');
SELECT flux.task_script('option task = {name: "a", every: 60m}', 'a', '1h0m0s');
SELECT flux.task_script('option task = {name: "a", every: 60m}', 'b', '1h0m0s');
SELECT flux.drop_label('nothing');
SELECT flux.set_label('');
SELECT flux.set_variable('v', NULL);

SELECT flux.drop_task(task_id) FROM flux.tasks;
SELECT flux.drop_bucket('tpl-raw'), flux.drop_bucket('tpl-means'), flux.drop_label('production'), flux.drop_variable('hosts');
RESET ROLE;
SELECT format('REVOKE CREATE ON DATABASE %I FROM flux_template_tom', current_database()) \gexec
DROP ROLE flux_template_tom;
