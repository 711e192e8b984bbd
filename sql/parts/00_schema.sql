/* fluxtask 1.0: install script, joined from sql/parts by the Makefile */

\echo Use "CREATE EXTENSION fluxtask" to load this file. \quit

CREATE SCHEMA flux;
COMMENT ON SCHEMA flux IS 'fluxtask: functions and views for scripts, tasks and buckets';
GRANT USAGE ON SCHEMA flux TO PUBLIC;

CREATE SCHEMA _flux_catalog;
COMMENT ON SCHEMA _flux_catalog IS 'fluxtask: what it knows about buckets, series, tasks and runs';

CREATE SCHEMA _flux_data;
COMMENT ON SCHEMA _flux_data IS 'fluxtask: chunk tables that hold the points';
