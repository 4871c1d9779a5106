-- name: views(agent)
select owner, name, content, place from saved_views
where owner in ('', :agent) order by case when owner = '' then 0 else 1 end, place, name;

-- name: save_view(owner, name, agent, content, place)!
insert into saved_views (owner, name, agent, content, place)
values (:owner, :name, :agent, :content, :place)
on conflict (owner, name) do update set agent = excluded.agent, content = excluded.content,
  place = excluded.place;

-- name: drop_view(owner, name)!
delete from saved_views where owner = :owner and name = :name;

-- name: rename_view(owner, name, new_owner, new_name)!
update saved_views set owner = :new_owner, name = :new_name where owner = :owner and name = :name;

-- name: place_view(owner, name, place)!
update saved_views set place = :place where owner = :owner and name = :name;

-- name: notices(agent)
select owner, name from view_notices where agent = :agent;

-- name: noticed_by(owner, name)
select agent from view_notices where owner = :owner and name = :name order by agent;

-- name: add_notice(agent, owner, name)!
insert into view_notices (agent, owner, name) values (:agent, :owner, :name) on conflict do nothing;

-- name: drop_notice(agent, owner, name)!
delete from view_notices where agent = :agent and owner = :owner and name = :name;

-- name: drop_notices(owner, name)!
delete from view_notices where owner = :owner and name = :name;

-- name: rename_notices(owner, name, new_owner, new_name)!
update view_notices set owner = :new_owner, name = :new_name where owner = :owner and name = :name;

-- name: agent_records()
select a.name, a.away_until, l.level from agents a left join agent_levels l on l.agent = a.name
order by a.name;

-- name: add_agent(name)!
insert into agents (name, seen_at) values (:name, 0) on conflict (name) do nothing;

-- name: set_away(name, until)!
update agents set away_until = :until where name = :name;

-- name: away(name)$
select away_until from agents where name = :name;

-- name: present(since, latest)
select distinct agent from processes where seen_at between :since and :latest and kind = 'desk';

-- name: leads()
select agent from agent_levels where level = 'lead' order by agent;

-- name: set_level(agent, level)!
insert into agent_levels (agent, level) values (:agent, :level)
on conflict (agent) do update set level = excluded.level;

-- name: drop_level(agent)!
delete from agent_levels where agent = :agent;

-- name: teams()
select name from teams order by name;

-- name: members()
select team, agent from team_members order by team, agent;

-- name: teams_of(agent)
select team from team_members where agent = :agent order by team;

-- name: add_team(name)!
insert into teams (name) values (:name) on conflict do nothing;

-- name: drop_team(name)!
delete from teams where name = :name;

-- name: drop_members(team)!
delete from team_members where team = :team;

-- name: add_member(team, agent)!
insert into team_members (team, agent) values (:team, :agent) on conflict do nothing;

-- name: drop_member(team, agent)!
delete from team_members where team = :team and agent = :agent;

-- name: rename_members(team, new_team)!
update team_members set team = :new_team where team = :team;

-- name: assigned_to(assignee)
select id from conversations indexed by conversations_by_assignee where assignee = :assignee;

-- name: all_views()
select owner, name, content from saved_views;

-- name: change_view(owner, name, content)!
update saved_views set content = :content where owner = :owner and name = :name;

-- name: rename_turns(team, new_team)!
update rule_turns set team = :new_team where team = :team
and not exists (select 1 from rule_turns where team = :new_team);
