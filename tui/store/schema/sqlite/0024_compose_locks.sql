-- The locks of the composer are named as the field names them.
alter table pens rename to compose_locks;
