-- A receipt that comes before its message is known waits with all that it says.

alter table events add column parts integer not null default 0;
alter table events add column price text not null default '';
alter table events add column opted_out integer not null default 0;
