-- Everybody who ever sat at this desk, for assigning and mentioning.

create table agents (
  name    text   primary key,
  seen_at bigint not null
);
insert into agents (name, seen_at)
select agent, max(at) from audit where agent <> '' group by agent;
