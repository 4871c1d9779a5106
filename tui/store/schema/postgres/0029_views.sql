-- Views that filter by account, own number and unread, shared or private; teams, levels, away.

create index conversations_unread on conversations (rank, id) where unread > 0;
create index conversations_by_account on conversations (account, state, rank, id);
create index conversations_by_own on conversations (own, state, rank, id, account);

create table saved_views (
  owner   string not null,            -- agent who alone sees it; empty: shared
  name    string not null,
  agent   string not null,            -- who saved it last
  content string not null,
  place   bigint not null,            -- in the list; the first nine are keys
  primary key (owner, name)
);
insert into saved_views (owner, name, agent, content, place)
select '', name, agent, content, case cast(content as json) ->> 'key'
  when '' then 10 + (select count(*) from views o where o.name < v.name)
  else cast(cast(content as json) ->> 'key' as bigint) end
from views v;
drop table views;

create table view_notices (           -- views that an agent wants to be notified of
  agent string not null,
  owner string not null,
  name  string not null,
  primary key (agent, owner, name)
);

alter table agents add column away_until bigint;

create table agent_levels (           -- only leads have a row; others can do without writing here
  agent string primary key,
  level string not null
);
create table teams (
  name string primary key
);
create table team_members (
  team  string not null,
  agent string not null,
  primary key (team, agent)
);
create index team_members_by_agent on team_members (agent, team);
