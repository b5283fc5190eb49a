-- The table of the example, which the shipped map user_logins.map fills:
--
--   psql -f user_logins.sql

\set ON_ERROR_STOP on

CREATE TABLE user_logins (
  user_id          varchar(128),
  device_type      varchar(32),
  masked_ip        varchar(256),
  masked_device_id varchar(256),
  locale           varchar(32),
  app_version      integer,
  create_date      date
);
