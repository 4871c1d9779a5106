-- Canned replies belong to the team or to one agent, have an order, and can be followed by actions. What an agent has
-- chosen last is remembered.

alter table templates rename to templates_before;
create table templates (
  name       text    not null,
  body       text    not null,
  agent      text    not null default '',
  updated_at bigint  not null,
  uses       integer not null default 0,
  owner      text    not null default '',  -- the only agent who has it; empty: the team
  position   integer not null default 0,   -- the first nine have a digit
  actions    text    not null default '',  -- one on each line
  primary key (owner, name)
);
insert into templates (name, body, agent, updated_at, uses, position)
select name, body, agent, updated_at, uses, row_number() over (order by uses desc, name) from templates_before;
drop table templates_before;

create table agent_choices (
  agent text not null,
  name  text not null,                     -- assist, snooze, schedule
  value text not null,
  primary key (agent, name)
);
