
/* ---- templates: tasks, buckets, labels and variables as code ---- */

/* Labels that templates describe; tasks bear theirs by name. */
CREATE TABLE _flux_catalog.label (
    name text COLLATE "C" NOT NULL,
    owner regrole NOT NULL,
    color text,
    description text,
    PRIMARY KEY (name, owner)
);

/* Variables of dashboards: kept for those who read them, of no use to tasks. */
CREATE TABLE _flux_catalog.variable (
    name text COLLATE "C" NOT NULL,
    owner regrole NOT NULL,
    arguments jsonb NOT NULL,                   -- {"type": "constant", "values": [...]} and the like
    description text,
    PRIMARY KEY (name, owner)
);

SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.label', '');
SELECT pg_catalog.pg_extension_config_dump('_flux_catalog.variable', '');

CREATE VIEW flux.labels WITH (security_barrier) AS
SELECT name, owner::text AS owner, color, description FROM _flux_catalog.label
WHERE pg_catalog.pg_has_role(owner, 'USAGE');

CREATE VIEW flux.variables WITH (security_barrier) AS
SELECT name, owner::text AS owner, arguments, description FROM _flux_catalog.variable
WHERE pg_catalog.pg_has_role(owner, 'USAGE');

GRANT SELECT ON flux.labels, flux.variables TO PUBLIC;

CREATE FUNCTION flux.set_label(name text, color text DEFAULT NULL, description text DEFAULT NULL)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_set_label';
COMMENT ON FUNCTION flux.set_label IS 'describes a label of the current role';

CREATE FUNCTION flux.drop_label(name text) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_drop_label';

CREATE FUNCTION flux.set_variable(name text, arguments jsonb, description text DEFAULT NULL)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_set_variable';
COMMENT ON FUNCTION flux.set_variable IS 'keeps a dashboard''s variable of the current role';

CREATE FUNCTION flux.drop_variable(name text) RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_drop_variable';

CREATE FUNCTION flux.template_objects(template text) RETURNS jsonb
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'fluxtask_template_objects';
COMMENT ON FUNCTION flux.template_objects IS 'the documents of a template, YAML or JSON, as an array';

CREATE FUNCTION flux.task_script(script text, name text DEFAULT NULL, every text DEFAULT NULL,
    cron text DEFAULT NULL, "offset" text DEFAULT NULL) RETURNS text
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'fluxtask_task_script';
COMMENT ON FUNCTION flux.task_script IS
    'a script whose task option says that; untouched when it says so already';

/* A text of a template, where {envRef: {key, default}} stands for a value from outside. */
CREATE FUNCTION flux.template_text(value jsonb, env jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    reference text := value #>> '{envRef,key}';
BEGIN
    IF jsonb_typeof(value) IS DISTINCT FROM 'object' THEN
        RETURN value #>> '{}';
    ELSIF reference IS NULL THEN
        RAISE EXCEPTION 'template has an object where a text is expected' USING
            ERRCODE = 'invalid_parameter_value', DETAIL = left(value::text, 200);
    ELSIF coalesce(env ->> reference, value #>> '{envRef,default}') IS NULL THEN
        RAISE EXCEPTION 'template refers to "%", which has no value', reference USING
            ERRCODE = 'undefined_parameter',
            HINT = format('Pass it: flux.apply(template, env => ''{"%s": "..."}'').', reference);
    END IF;
    RETURN coalesce(env ->> reference, value #>> '{envRef,default}');
END
$function$;

CREATE FUNCTION flux.apply(template text, dry_run boolean DEFAULT false, env jsonb DEFAULT '{}')
RETURNS TABLE (kind text, name text, action text, detail text)
LANGUAGE plpgsql VOLATILE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_variable
DECLARE
    objects jsonb;
    object jsonb;
    spec jsonb;
    label_names jsonb := '{}';
    labels text[];
    script text;
    seconds numeric;
    old record;
    changes text[];
    id bigint;
BEGIN
    -- documents, and the items of documents that are lists
    SELECT coalesce(jsonb_agg(o.item ORDER BY d.place, o.place), '[]') INTO objects
    FROM jsonb_array_elements(flux.template_objects(template)) WITH ORDINALITY AS d (document, place)
    CROSS JOIN LATERAL jsonb_array_elements(
        CASE WHEN jsonb_typeof(d.document) = 'array' THEN d.document
             ELSE jsonb_build_array(d.document) END) WITH ORDINALITY AS o (item, place)
    WHERE jsonb_typeof(o.item) <> 'null';

    FOR object IN
        SELECT o FROM jsonb_array_elements(objects) WITH ORDINALITY AS t (o, place)
        ORDER BY array_position(ARRAY['Label', 'Bucket', 'Variable', 'Task'], o ->> 'kind'), place
    LOOP
        spec := object -> 'spec';
        kind := object ->> 'kind';
        name := coalesce(flux.template_text(spec -> 'name', env),
                         flux.template_text(object #> '{metadata,name}', env));
        detail := NULL;
        changes := '{}';
        IF kind IS NULL OR coalesce(name, '') = '' THEN
            RAISE EXCEPTION 'an object of the template has no %',
                CASE WHEN kind IS NULL THEN 'kind' ELSE 'name' END USING
                ERRCODE = 'invalid_parameter_value', DETAIL = left(object::text, 200);
        END IF;

        IF kind = 'Label' THEN
            label_names := label_names || jsonb_build_object(
                flux.template_text(object #> '{metadata,name}', env), name);
            SELECT l.color, l.description INTO old FROM flux.labels AS l
            WHERE l.name = name AND l.owner = current_user;
            action := CASE WHEN NOT FOUND THEN 'create'
                WHEN (old.color, old.description) IS NOT DISTINCT FROM
                     (spec ->> 'color', spec ->> 'description') THEN 'unchanged'
                ELSE 'update' END;
            IF action <> 'unchanged' AND NOT dry_run THEN
                PERFORM flux.set_label(name, spec ->> 'color', spec ->> 'description');
            END IF;

        ELSIF kind = 'Variable' THEN
            SELECT v.arguments, v.description INTO old FROM flux.variables AS v
            WHERE v.name = name AND v.owner = current_user;
            action := CASE WHEN NOT FOUND THEN 'create'
                WHEN (old.arguments, old.description) IS NOT DISTINCT FROM
                     (spec - '{name,description,associations}'::text[], spec ->> 'description')
                THEN 'unchanged' ELSE 'update' END;
            IF action <> 'unchanged' AND NOT dry_run THEN
                PERFORM flux.set_variable(name, spec - '{name,description,associations}'::text[],
                                          spec ->> 'description');
            END IF;

        ELSIF kind = 'Bucket' THEN
            seconds := coalesce((spec #>> '{retentionRules,0,everySeconds}')::numeric, 0);
            SELECT coalesce(extract(epoch FROM b.retention), 0) AS seconds, b.description INTO old
            FROM flux.buckets AS b WHERE b.name = name;
            IF NOT FOUND THEN
                action := 'create';
                IF NOT dry_run THEN
                    PERFORM flux.create_bucket(name, nullif(seconds, 0)::double precision * interval '1 s',
                                               NULL, spec ->> 'description');
                END IF;
            ELSE
                changes := array_remove(ARRAY[
                    CASE WHEN old.seconds <> seconds THEN format('retention: %s s to %s s',
                        old.seconds::bigint, seconds) END,
                    CASE WHEN spec ->> 'description' <> coalesce(old.description, '') THEN 'description' END],
                    NULL);
                action := CASE WHEN changes = '{}' THEN 'unchanged' ELSE 'update' END;
                IF action = 'update' AND NOT dry_run THEN
                    PERFORM flux.alter_bucket(name, NULL, seconds::double precision * interval '1 s',
                                              NULL, spec ->> 'description');
                END IF;
            END IF;

        ELSIF kind = 'Task' THEN
            script := flux.task_script(coalesce(flux.template_text(spec -> 'query', env),
                    flux.template_text(spec -> 'script', env), ''), name,
                nullif(flux.template_text(spec -> 'every', env), ''),
                nullif(flux.template_text(spec -> 'cron', env), ''),
                nullif(flux.template_text(spec -> 'offset', env), ''));
            labels := ARRAY(SELECT DISTINCT coalesce(label_names ->> (a ->> 'name'), a ->> 'name')
                            FROM jsonb_array_elements(coalesce(spec -> 'associations', '[]')) AS a
                            WHERE a ->> 'kind' = 'Label' ORDER BY 1);
            IF NOT EXISTS (SELECT FROM flux.tasks AS t WHERE t.name = name) THEN
                action := 'create';
                IF dry_run THEN
                    PERFORM flux.check(script);
                ELSE
                    PERFORM flux.create_task(script, description => spec ->> 'description',
                        active => coalesce(spec ->> 'status', 'active') <> 'inactive', labels => labels);
                END IF;
            ELSE
                id := flux.task_id(name);
                SELECT t.script, t.description, t.status, t.labels INTO old
                FROM flux.tasks AS t WHERE t.task_id = id;
                changes := array_remove(ARRAY[
                    CASE WHEN old.script <> script THEN 'script' END,
                    CASE WHEN coalesce(spec ->> 'description', '') <> coalesce(old.description, '')
                        THEN 'description' END,
                    CASE WHEN coalesce(spec ->> 'status', 'active') <> old.status THEN 'status' END,
                    CASE WHEN labels <> ARRAY(SELECT l FROM unnest(old.labels) AS l ORDER BY l)
                        THEN 'labels' END], NULL);
                action := CASE WHEN changes = '{}' THEN 'unchanged' ELSE 'update' END;
                IF action = 'update' AND dry_run THEN
                    PERFORM flux.check(script);
                ELSIF action = 'update' THEN
                    PERFORM flux.alter_task(id,
                        script => CASE WHEN old.script <> script THEN script END,
                        description => coalesce(spec ->> 'description', ''), labels => labels,
                        active => coalesce(spec ->> 'status', 'active') <> 'inactive');
                END IF;
            END IF;

        ELSE
            action := 'skip';
            detail := 'objects of this kind are not kept here';
        END IF;
        IF changes <> '{}' THEN
            detail := array_to_string(changes, ', ');
        END IF;
        RETURN NEXT;
    END LOOP;
END
$function$;
COMMENT ON FUNCTION flux.apply IS
    'makes tasks, buckets, labels and variables as a template of InfluxDB says; with dry_run only tells';

CREATE FUNCTION flux.export() RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
WITH object (place, kind, name, spec) AS (
    SELECT 1, 'Label', name, jsonb_build_object('color', color, 'description', description)
    FROM flux.labels WHERE owner = current_user
    UNION ALL
    SELECT 2, 'Bucket', name, jsonb_build_object('description', description, 'retentionRules',
        CASE WHEN retention IS NOT NULL THEN jsonb_build_array(jsonb_build_object(
            'type', 'expire', 'everySeconds', extract(epoch FROM retention)::bigint)) END)
    FROM flux.buckets WHERE kind = 'native' AND name !~ '^_'
    UNION ALL
    SELECT 3, 'Variable', name, arguments || jsonb_build_object('description', description)
    FROM flux.variables WHERE owner = current_user
    UNION ALL
    SELECT 4, 'Task', name, jsonb_build_object('description', description, 'status', status,
        'query', script, 'every', every, 'cron', cron, 'offset', "offset", 'associations',
        (SELECT jsonb_agg(jsonb_build_object('kind', 'Label', 'name', l)) FROM unnest(labels) AS l))
    FROM flux.tasks
)
SELECT jsonb_pretty(coalesce(jsonb_agg(jsonb_build_object(
    'apiVersion', 'influxdata.com/v2alpha1', 'kind', kind, 'metadata', jsonb_build_object('name', name),
    'spec', jsonb_strip_nulls(spec || jsonb_build_object('name', name))) ORDER BY place, name), '[]'))
FROM object
$function$;
COMMENT ON FUNCTION flux.export IS
    'a template of what the caller may see, for flux.apply: JSON, as InfluxDB reads it, too';
