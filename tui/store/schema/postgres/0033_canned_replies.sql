-- Canned replies belong to the team or to one agent, have an order, and can be followed by actions. What an agent has
-- chosen last is remembered.

alter table templates add column owner string not null default '';     -- the only agent who has it; empty: the team
alter table templates add column position bigint not null default 0;   -- the first nine have a digit
alter table templates add column actions string not null default '';   -- one on each line
alter table templates drop constraint templates_pkey;
alter table templates add primary key (owner, name);
update templates set position = ranked.position
from (select name, row_number() over (order by uses desc, name) as position from templates) as ranked
where templates.name = ranked.name;

create table agent_choices (
  agent string not null,
  name  string not null,                   -- assist, snooze, schedule
  value string not null,
  primary key (agent, name)
);
