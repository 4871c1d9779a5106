-- The list's windows: keyset pages in both directions, one pair of queries for each view.
-- `pattern` is '' or folded text to be found in the folded name and address.

-- name: by_state_after(state, pattern, rank, id, limit)
select c.* from conversations c
where c.state = :state
  and (:pattern = '' or instr(c.folded, :pattern) > 0)
  and (c.rank, c.id) > (:rank, :id)
order by c.rank, c.id limit :limit;

-- name: by_state_before(state, pattern, rank, id, limit)
select c.* from conversations c
where c.state = :state
  and (:pattern = '' or instr(c.folded, :pattern) > 0)
  and (c.rank, c.id) < (:rank, :id)
order by c.rank desc, c.id desc limit :limit;

-- name: by_assignee_after(assignee, state, pattern, rank, id, limit)
select c.* from conversations c
where c.assignee = :assignee and c.state = :state
  and (:pattern = '' or instr(c.folded, :pattern) > 0)
  and (c.rank, c.id) > (:rank, :id)
order by c.rank, c.id limit :limit;

-- name: by_assignee_before(assignee, state, pattern, rank, id, limit)
select c.* from conversations c
where c.assignee = :assignee and c.state = :state
  and (:pattern = '' or instr(c.folded, :pattern) > 0)
  and (c.rank, c.id) < (:rank, :id)
order by c.rank desc, c.id desc limit :limit;

-- name: failed_after(pattern, rank, id, limit)
select c.* from conversations c
where c.failed > 0
  and (:pattern = '' or instr(c.folded, :pattern) > 0)
  and (c.rank, c.id) > (:rank, :id)
order by c.rank, c.id limit :limit;

-- name: failed_before(pattern, rank, id, limit)
select c.* from conversations c
where c.failed > 0
  and (:pattern = '' or instr(c.folded, :pattern) > 0)
  and (c.rank, c.id) < (:rank, :id)
order by c.rank desc, c.id desc limit :limit;

-- name: starred_after(pattern, rank, id, limit)
select c.* from conversations c
where c.starred > 0
  and (:pattern = '' or instr(c.folded, :pattern) > 0)
  and (c.rank, c.id) > (:rank, :id)
order by c.rank, c.id limit :limit;

-- name: starred_before(pattern, rank, id, limit)
select c.* from conversations c
where c.starred > 0
  and (:pattern = '' or instr(c.folded, :pattern) > 0)
  and (c.rank, c.id) < (:rank, :id)
order by c.rank desc, c.id desc limit :limit;

-- name: by_label_after(label, state, pattern, rank, id, limit)
select c.* from conversation_labels l join conversations c on c.id = l.conversation_id
where l.label = :label and (:state = '' or c.state = :state)
  and (:pattern = '' or instr(c.folded, :pattern) > 0)
  and (c.rank, c.id) > (:rank, :id)
order by c.rank, c.id limit :limit;

-- name: by_label_before(label, state, pattern, rank, id, limit)
select c.* from conversation_labels l join conversations c on c.id = l.conversation_id
where l.label = :label and (:state = '' or c.state = :state)
  and (:pattern = '' or instr(c.folded, :pattern) > 0)
  and (c.rank, c.id) < (:rank, :id)
order by c.rank desc, c.id desc limit :limit;

-- name: drafts_after(agent, pattern, rank, id, limit)
select c.* from drafts d join conversations c on c.id = d.conversation_id
where d.agent = :agent and d.body <> ''
  and (:pattern = '' or instr(c.folded, :pattern) > 0)
  and (c.rank, c.id) > (:rank, :id)
order by c.rank, c.id limit :limit;

-- name: drafts_before(agent, pattern, rank, id, limit)
select c.* from drafts d join conversations c on c.id = d.conversation_id
where d.agent = :agent and d.body <> ''
  and (:pattern = '' or instr(c.folded, :pattern) > 0)
  and (c.rank, c.id) < (:rank, :id)
order by c.rank desc, c.id desc limit :limit;

-- name: newest_after(state, pattern, last_at, id, limit)
select c.* from conversations c
where c.state = :state
  and (:pattern = '' or instr(c.folded, :pattern) > 0)
  and c.last_at <= :last_at and (c.last_at < :last_at or c.id > :id)
order by c.last_at desc, c.id limit :limit;

-- name: newest_before(state, pattern, last_at, id, limit)
select c.* from conversations c
where c.state = :state
  and (:pattern = '' or instr(c.folded, :pattern) > 0)
  and c.last_at >= :last_at and (c.last_at > :last_at or c.id < :id)
order by c.last_at, c.id desc limit :limit;

-- name: mentions_after(agent, pattern, rank, id, limit)
select c.* from conversations c
where c.id in (select conversation_id from mentions where agent = :agent)
  and (c.state <> 'closed' or exists (
    select 1 from mentions m where m.agent = :agent and m.conversation_id = c.id and m.message_id > coalesce((
      select l.message_id from looks l where l.conversation_id = c.id and l.agent = :agent), 0)))
  and (:pattern = '' or instr(c.folded, :pattern) > 0)
  and (c.rank, c.id) > (:rank, :id)
order by c.rank, c.id limit :limit;

-- name: mentions_before(agent, pattern, rank, id, limit)
select c.* from conversations c
where c.id in (select conversation_id from mentions where agent = :agent)
  and (c.state <> 'closed' or exists (
    select 1 from mentions m where m.agent = :agent and m.conversation_id = c.id and m.message_id > coalesce((
      select l.message_id from looks l where l.conversation_id = c.id and l.agent = :agent), 0)))
  and (:pattern = '' or instr(c.folded, :pattern) > 0)
  and (c.rank, c.id) < (:rank, :id)
order by c.rank desc, c.id desc limit :limit;

-- name: by_label_count(label, state)$
select count(*) from conversation_labels l join conversations c on c.id = l.conversation_id
where l.label = :label and (:state = '' or c.state = :state);

-- name: drafts_count(agent)$
select count(*) from drafts where agent = :agent and body <> '';

-- name: mentions_count(agent)$
select count(*) from conversations c
where c.id in (select conversation_id from mentions where agent = :agent)
  and (c.state <> 'closed' or exists (
    select 1 from mentions m where m.agent = :agent and m.conversation_id = c.id and m.message_id > coalesce((
      select l.message_id from looks l where l.conversation_id = c.id and l.agent = :agent), 0)));

-- Every state: each has its own order in the index, and they are merged as they come.
-- name: all_after(pattern, rank, id, limit)
select c.* from conversations c
where c.state = 'open' and (:pattern = '' or instr(c.folded, :pattern) > 0) and (c.rank, c.id) > (:rank, :id)
union all
select c.* from conversations c
where c.state = 'snoozed' and (:pattern = '' or instr(c.folded, :pattern) > 0) and (c.rank, c.id) > (:rank, :id)
union all
select c.* from conversations c
where c.state = 'closed' and (:pattern = '' or instr(c.folded, :pattern) > 0) and (c.rank, c.id) > (:rank, :id)
order by rank, id limit :limit;

-- name: all_before(pattern, rank, id, limit)
select c.* from conversations c
where c.state = 'open' and (:pattern = '' or instr(c.folded, :pattern) > 0) and (c.rank, c.id) < (:rank, :id)
union all
select c.* from conversations c
where c.state = 'snoozed' and (:pattern = '' or instr(c.folded, :pattern) > 0) and (c.rank, c.id) < (:rank, :id)
union all
select c.* from conversations c
where c.state = 'closed' and (:pattern = '' or instr(c.folded, :pattern) > 0) and (c.rank, c.id) < (:rank, :id)
order by rank desc, id desc limit :limit;

-- name: all_newest_after(pattern, last_at, id, limit)
select c.* from conversations c
where c.state = 'open' and (:pattern = '' or instr(c.folded, :pattern) > 0) and c.last_at <= :last_at and (c.last_at < :last_at or c.id > :id)
union all
select c.* from conversations c
where c.state = 'snoozed' and (:pattern = '' or instr(c.folded, :pattern) > 0) and c.last_at <= :last_at and (c.last_at < :last_at or c.id > :id)
union all
select c.* from conversations c
where c.state = 'closed' and (:pattern = '' or instr(c.folded, :pattern) > 0) and c.last_at <= :last_at and (c.last_at < :last_at or c.id > :id)
order by last_at desc, id limit :limit;

-- name: all_newest_before(pattern, last_at, id, limit)
select c.* from conversations c
where c.state = 'open' and (:pattern = '' or instr(c.folded, :pattern) > 0) and c.last_at >= :last_at and (c.last_at > :last_at or c.id < :id)
union all
select c.* from conversations c
where c.state = 'snoozed' and (:pattern = '' or instr(c.folded, :pattern) > 0) and c.last_at >= :last_at and (c.last_at > :last_at or c.id < :id)
union all
select c.* from conversations c
where c.state = 'closed' and (:pattern = '' or instr(c.folded, :pattern) > 0) and c.last_at >= :last_at and (c.last_at > :last_at or c.id < :id)
order by last_at, id desc limit :limit;
