-- The extension installs into its own schema, refuses another, and goes without a trace.
SELECT extname, extversion, nspname
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE extname = 'fluxtask';
-- Every function states where it looks names up, or is C and looks up nothing by search_path.
SELECT p.oid::regprocedure AS unpinned
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE n.nspname IN ('flux', '_flux') AND l.lanname IN ('sql', 'plpgsql')
	AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%')
	AND p.prosqlbody IS NULL
	AND p.proname <> 'maintain'	-- it commits, so it cannot carry a setting; every name in it is qualified
ORDER BY 1;
