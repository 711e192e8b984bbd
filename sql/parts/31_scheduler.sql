
/* ---- the built-in scheduler, and others ---- */

CREATE FUNCTION flux.start_scheduler() RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_start_scheduler';
COMMENT ON FUNCTION flux.start_scheduler IS
    'starts the built-in scheduler of this database; false when it runs already';
REVOKE EXECUTE ON FUNCTION flux.start_scheduler() FROM PUBLIC;

CREATE FUNCTION flux.stop_scheduler() RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_stop_scheduler';
COMMENT ON FUNCTION flux.stop_scheduler IS
    'stops the built-in scheduler of this database until flux.start_scheduler()';
REVOKE EXECUTE ON FUNCTION flux.stop_scheduler() FROM PUBLIC;

CREATE FUNCTION flux.use_pg_cron(schedule text DEFAULT '* * * * *') RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    version text;
    home text := current_setting('cron.database_name', true);
    job_id bigint;
BEGIN
    SELECT extversion INTO version FROM pg_extension WHERE extname = 'pg_cron';
    IF version IS NULL AND home IS NULL THEN
        RAISE EXCEPTION 'pg_cron is not loaded' USING
            ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Add pg_cron to shared_preload_libraries and restart, then CREATE EXTENSION pg_cron.';
    ELSIF version IS NULL AND home <> current_database() THEN
        RAISE EXCEPTION 'pg_cron lives in database "%", not in "%"', home, current_database() USING
            ERRCODE = 'object_not_in_prerequisite_state',
            HINT = format('In database "%s": SELECT cron.schedule_in_database(%L, %L, %L, %L).', home,
                          'fluxtask ' || current_database(), schedule, 'CALL flux.run_due()',
                          current_database());
    ELSIF version IS NULL THEN
        RAISE EXCEPTION 'extension "pg_cron" is not installed' USING
            ERRCODE = 'undefined_object', HINT = 'CREATE EXTENSION pg_cron.';
    END IF;
    IF schedule ~* 'second' AND string_to_array(regexp_replace(version, '-.*', ''), '.')::integer[]
                                 < ARRAY[1, 5] THEN
        RAISE EXCEPTION 'pg_cron % knows no schedules in seconds', version USING
            ERRCODE = 'feature_not_supported',
            HINT = 'Use a cron schedule such as * * * * *, or pg_cron 1.5.';
    END IF;
    EXECUTE 'SELECT cron.schedule($1, $2, $3)' INTO job_id
        USING 'fluxtask ' || current_database(), schedule, 'CALL flux.run_due()';
    RETURN job_id;
END
$function$;
COMMENT ON FUNCTION flux.use_pg_cron IS 'lets pg_cron call flux.run_due()';
REVOKE EXECUTE ON FUNCTION flux.use_pg_cron(text) FROM PUBLIC;

CREATE FUNCTION flux.unuse_pg_cron() RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    was_there boolean;
BEGIN
    IF to_regclass('cron.job') IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE 'SELECT EXISTS (SELECT FROM cron.job WHERE jobname = $1)' INTO was_there
        USING 'fluxtask ' || current_database();
    IF was_there THEN
        EXECUTE 'SELECT cron.unschedule($1)' USING 'fluxtask ' || current_database();
    END IF;
    RETURN was_there;
END
$function$;
COMMENT ON FUNCTION flux.unuse_pg_cron IS 'takes that back; false when there was nothing';
REVOKE EXECUTE ON FUNCTION flux.unuse_pg_cron() FROM PUBLIC;

/* A preloaded library starts the scheduler when this commits. */
CREATE FUNCTION _flux_catalog.request_scheduler() RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'fluxtask_request_scheduler';
REVOKE EXECUTE ON FUNCTION _flux_catalog.request_scheduler() FROM PUBLIC;
SELECT _flux_catalog.request_scheduler();
