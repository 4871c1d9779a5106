-- Views that filter by account, own number and unread, shared or private; teams, levels, away.

create index conversations_unread on conversations (rank, id) where unread > 0;
create index conversations_by_account on conversations (account, state, rank, id);
create index conversations_by_own on conversations (own, state, rank, id, account);

create table saved_views (
  owner   text   not null,            -- agent who alone sees it; empty: shared
  name    text   not null,
  agent   text   not null,            -- who saved it last
  content text   not null,
  place   bigint not null,            -- in the list; the first nine are keys
  primary key (owner, name)
);
insert into saved_views (owner, name, agent, content, place)
select '', name, agent, content, case json_extract(content, '$.key')
  when '' then 10 + (select count(*) from views o where o.name < v.name)
  else cast(json_extract(content, '$.key') as bigint) end
from views v;
drop table views;

create table view_notices (           -- views that an agent wants to be notified of
  agent text not null,
  owner text not null,
  name  text not null,
  primary key (agent, owner, name)
);

alter table agents add column away_until bigint;

create table agent_levels (           -- only leads have a row; others can do without writing here
  agent text primary key,
  level text not null
);
create table teams (
  name text primary key
);
create table team_members (
  team  text not null,
  agent text not null,
  primary key (team, agent)
);
create index team_members_by_agent on team_members (agent, team);
