-- name: all()
select * from rules order by position, id;

-- name: enabled()
select * from rules where enabled = 1 order by position, id;

-- name: any_enabled()$
select 1 from rules where enabled = 1 limit 1;

-- name: by_name(name)^
select * from rules where name = :name;

-- name: last_position()$
select coalesce(max(position), 0) from rules;

-- name: insert(id, position, name, enabled, since, content)!
insert into rules (id, position, name, enabled, since, content)
values (:id, :position, :name, :enabled, :since, :content);

-- name: change(id, name, content)!
update rules set name = :name, content = :content, problem = '', problem_at = 0 where id = :id;

-- name: switch(id, enabled, since)!
update rules set enabled = :enabled, since = :since, problem = '', problem_at = 0 where id = :id;

-- name: place(id, position)*!
update rules set position = :position where id = :id;

-- name: drop(id)!
delete from rules where id = :id;

-- Of rules that were deleted. While the customer still waits, undoing the deletion must not act again.
-- name: prune_timers(before)!
delete from rule_timers where waiting_since < :before and rule_id not in (select id from rules)
  and not exists (select 1 from conversations c
    where c.id = rule_timers.conversation_id and c.waiting_since = rule_timers.waiting_since);

-- name: set_problem(id, problem, at)!
update rules set problem = :problem, problem_at = :at where id = :id and problem <> :problem;

-- Texts to judge ------------------------------------------------------------------------------

-- name: enqueue(message_id)*!
insert into rule_queue (message_id) values (:message_id) on conflict do nothing;

-- name: next_queued(now, limit)
select message_id, tries from rule_queue where next_at <= :now order by message_id limit :limit;

-- name: dequeue(message_id)!
delete from rule_queue where message_id = :message_id;

-- name: postpone(message_id, next_at)!
update rule_queue set tries = tries + 1, next_at = :next_at where message_id = :message_id;

-- name: count_queued()$
select count(*) from rule_queue;

-- Of each text our address, and whether the provider has taken it for an opt-out.
-- name: sources(first_id, last_id)
select message_id, max(own) as own, max(case when opted_out = 1 or kind = 'opt_out' then 1 else 0 end) as is_notice
from events where message_id between :first_id and :last_id group by message_id;

-- name: is_stop(conversation_id, message_id)$
select 1 from audit where conversation_id = :conversation_id and message_id = :message_id and action = 'opted out'
limit 1;

-- name: has_earlier(conversation_id, id)$
select 1 from messages where conversation_id = :conversation_id and id < :id and direction <> 'note' limit 1;

-- name: recent_texts(conversation_id, id, limit)
select direction, body, at from messages
where conversation_id = :conversation_id and (id < :id or direction = 'out') and direction <> 'note'
order by id desc limit :limit;

-- name: last_automatic(conversation_id)$
select max(at) from messages where conversation_id = :conversation_id and rule <> '';

-- name: has_note(conversation_id, first_id, author, body)$
select 1 from messages
where conversation_id = :conversation_id and id >= :first_id and direction = 'note' and agent = :author and body = :body
limit 1;

-- name: newest_reply(conversation_id)^
select * from messages where conversation_id = :conversation_id and direction = 'in' order by id desc limit 1;

-- name: template(name)^
select * from templates where name = :name and owner = '';

-- Waits ---------------------------------------------------------------------------------------

-- The rank of a conversation that waits is the time since when; that of all others lies far above.
-- name: due_waits(rule_id, since, until, limit)
select id, waiting_since from conversations c
where state in ('open', 'snoozed') and rank between :since and :until and waiting_since is not null
  and not exists (select 1 from rule_timers t
    where t.rule_id = :rule_id and t.conversation_id = c.id and t.waiting_since >= c.waiting_since)
order by rank, id limit :limit;

-- name: save_timer(rule_id, conversation_id, waiting_since)!
insert into rule_timers (rule_id, conversation_id, waiting_since)
values (:rule_id, :conversation_id, :waiting_since)
on conflict (rule_id, conversation_id) do update set waiting_since = excluded.waiting_since
where excluded.waiting_since > rule_timers.waiting_since;

-- name: join_timers(kept, gone)!
insert into rule_timers (rule_id, conversation_id, waiting_since)
select rule_id, :kept, waiting_since from rule_timers where conversation_id = :gone
on conflict (rule_id, conversation_id) do update set waiting_since = excluded.waiting_since
where excluded.waiting_since > rule_timers.waiting_since;

-- What rules did ------------------------------------------------------------------------------

-- name: count_hit(rule_id, hour, answered)!
insert into rule_hits (rule_id, hour, matched, answered) values (:rule_id, :hour, 1, :answered)
on conflict (rule_id, hour) do update set matched = rule_hits.matched + 1,
  answered = rule_hits.answered + excluded.answered;

-- name: hits_since(hour)
select rule_id, hour, matched, answered from rule_hits where hour >= :hour;

-- name: prune_hits(hour)!
delete from rule_hits where hour < :hour;

-- name: last_turn(team)$
select agent from rule_turns where team = :team;

-- name: save_turn(team, agent)!
insert into rule_turns (team, agent) values (:team, :agent)
on conflict (team) do update set agent = excluded.agent;

-- Dry run -------------------------------------------------------------------------------------

-- name: stored_texts(first_id, last_id, limit)
select id, conversation_id, direction, body, at, arrived_at, account, status, format from messages
where id > :first_id and id <= :last_id and direction <> 'note' and rule = '' order by id limit :limit;

-- name: written_since(first_id)
select * from conversations where id in (
  select conversation_id from messages not indexed where id > :first_id and direction <> 'note');

-- name: stored_fields(first_id)
select n.party, f.name, f.value from contacts n join contact_fields f on f.person = n.person
where n.party in (
  select c.party from conversations c where c.id in (
    select conversation_id from messages not indexed where id > :first_id and direction <> 'note'));

-- name: first_messages(first_id)
select conversation_id, min(id) as id from messages
where direction <> 'note' and conversation_id in (
  select conversation_id from messages not indexed where id > :first_id and direction <> 'note')
group by conversation_id;

-- name: stored_endings(first_id)
select at, action, conversation_id, message_id from audit
where id > :first_id and agent not like 'rule %'
  and action in ('close', 'opted out', 'opted in', 'opt out', 'opt in', 'opt in taken back', 'not an opt-out',
    'judgement taken back')
order by id;

-- name: count_texts(first_id)$
select count(*) from messages not indexed where id > :first_id and direction = 'in';

-- Who is named -------------------------------------------------------------------------------

-- name: has_team(team)$
select 1 from teams where name = :team;

-- name: has_agent(agent)$
select 1 from agents where name = :agent
union select 1 from counters where name = 'assignee:' || :agent and value > 0;
