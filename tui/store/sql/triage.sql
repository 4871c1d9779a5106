-- name: save_agent(name, now)!
insert into agents (name, seen_at) values (:name, :now)
on conflict (name) do update set seen_at = excluded.seen_at where excluded.seen_at > agents.seen_at;

-- name: agents()
select name from agents
union select substr(name, 10) from counters where name like 'assignee:_%' and name not like 'assignee:@%' and value > 0
order by 1;

-- Waiting conversations have ranks below this bound, all others above: the search ends there.
-- name: next_for(agent, rank, id)^
select * from conversations
where state = 'open' and waiting_since is not null and rank < 5000000000000
  and (assignee in ('', :agent) or assignee in (select '@' || team from team_members where agent = :agent))
  and (rank, id) > (:rank, :id)
order by rank, id limit 1;

-- name: left_for(agent, limit)$
select count(*) from (
  select 1 from conversations
  where state = 'open' and waiting_since is not null and rank < 5000000000000
    and (assignee in ('', :agent) or assignee in (select '@' || team from team_members where agent = :agent))
  limit :limit) waiting;
