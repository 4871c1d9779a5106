-- The id of a conversation that is part of another one leads to that one; so do its keys.
-- name: get(id)^
select * from conversations
where id = coalesce((select conversation_id from redirects where old_id = :id), :id);

-- name: by_party(party)^
select * from conversations
where id = coalesce(
  (select id from conversations where party = :party),
  (select conversation_id from aliases where party = :party));

-- name: current_id(id)$
select coalesce((select conversation_id from redirects where old_id = :id), :id);

-- name: insert(id, party, address, other_addresses, name, folded, state, snoozed_until, assignee, starred, labels, unread, waiting_since, unanswered_since, failed, last_id, last_at, last_direction, last_status, last_format, last_rule, preview, account, own, opted_out, suspected, rank, last_arrival, due_at, due_view, overdue, sentence_id)*!
insert into conversations (id, party, address, other_addresses, name, folded, state, snoozed_until, assignee, starred,
  labels, unread, waiting_since, unanswered_since, failed, last_id, last_at, last_direction, last_status, last_format, last_rule,
  preview, account, own, opted_out, suspected, rank, last_arrival, due_at, due_view, overdue, sentence_id)
values (:id, :party, :address, :other_addresses, :name, :folded, :state, :snoozed_until, :assignee, :starred,
  :labels, :unread, :waiting_since, :unanswered_since, :failed, :last_id, :last_at, :last_direction, :last_status, :last_format, :last_rule,
  :preview, :account, :own, :opted_out, :suspected, :rank, :last_arrival,
  :due_at, :due_view, :overdue, :sentence_id);

-- name: save(id, address, other_addresses, name, folded, state, snoozed_until, assignee, starred, labels, unread, waiting_since, unanswered_since, failed, last_id, last_at, last_direction, last_status, last_format, last_rule, preview, account, own, opted_out, suspected, rank, last_arrival, due_at, due_view, overdue, sentence_id)*!
update conversations set
  address = :address, other_addresses = :other_addresses, name = :name, folded = :folded, state = :state, snoozed_until = :snoozed_until,
  assignee = :assignee, starred = :starred, labels = :labels, unread = :unread,
  waiting_since = :waiting_since, unanswered_since = :unanswered_since, failed = :failed, last_id = :last_id, last_at = :last_at,
  last_direction = :last_direction, last_status = :last_status, last_format = :last_format, last_rule = :last_rule, preview = :preview,
  account = :account, own = :own, opted_out = :opted_out, suspected = :suspected, rank = :rank,
  last_arrival = :last_arrival, due_at = :due_at, due_view = :due_view, overdue = :overdue,
  sentence_id = :sentence_id
where id = :id;

-- name: delete(id)!
delete from conversations where id = :id;

-- name: due(now)
-- Left to itself SQLite walks through all that are snoozed, and every desk asks every two seconds.
select * from conversations indexed by conversations_due
where state = 'snoozed' and snoozed_until <= :now order by snoozed_until limit 200;

-- name: add_label(label, conversation_id)!
insert into conversation_labels (label, conversation_id) values (:label, :conversation_id)
on conflict do nothing;

-- name: drop_label(label, conversation_id)!
delete from conversation_labels where label = :label and conversation_id = :conversation_id;

-- name: all_labels()
select label, count(*) as uses from conversation_labels group by label order by label;

-- name: counters()
select name, value from counters;

-- Waiting conversations have ranks below this bound, all others above: the search ends there.
-- name: next_waiting(rank, id)^
select * from conversations
where state = 'open' and waiting_since is not null and rank < 5000000000000
  and (rank, id) > (:rank, :id)
order by rank, id limit 1;

-- name: previous_waiting(rank, id)^
select * from conversations
where state = 'open' and waiting_since is not null and rank < 5000000000000
  and (rank, id) < (:rank, :id)
order by rank desc, id desc limit 1;

-- name: look(conversation_id, agent)$
select message_id from looks where conversation_id = :conversation_id and agent = :agent;

-- name: save_look(conversation_id, agent, message_id)!
insert into looks (conversation_id, agent, message_id) values (:conversation_id, :agent, :message_id)
on conflict (conversation_id, agent) do update set message_id = excluded.message_id
where excluded.message_id > looks.message_id;

-- name: contact_name(party)$
select name from contacts where party = :party;

-- Names a number that is no contact yet.
-- name: add_contact(party, person, name, folded, now)*!
insert into contacts (party, person, name, folded, updated_at) values (:party, :person, :name, :folded, :now)
on conflict (party) do nothing;

-- name: contact(party)^
select * from contacts where party = :party;

-- name: opted_out(party)$
select opted_out from consent where party = :party;

-- name: save_consent(party, opted_out, at, agent, source, evidence, message_id)*!
insert into consent (party, opted_out, at, agent, source, evidence, message_id)
values (:party, :opted_out, :at, :agent, :source, :evidence, :message_id)
on conflict (party) do update set opted_out = excluded.opted_out, at = excluded.at,
  agent = excluded.agent, source = excluded.source, evidence = excluded.evidence,
  message_id = excluded.message_id;

-- Keys of numbers whose country is not known begin with a digit.
-- name: national_opt_outs(limit)
select party from consent where party >= '0' and party < ':' and opted_out = 1 limit :limit;

-- name: consent(party)^
select * from consent where party = :party;

-- name: move_consent(party, old_id, new_id)!
update consent set message_id = :new_id where message_id = :old_id and party = :party;

-- name: move_audit(conversation_id, old_id, new_id)!
update audit set message_id = :new_id where conversation_id = :conversation_id and message_id = :old_id;

-- name: add_audit(id, at, agent, action, conversation_id, message_id, detail)*!
insert into audit (id, at, agent, action, conversation_id, message_id, detail)
values ((select case when :id > coalesce(max(id), 0) then :id else max(id) + 1 end from audit), :at, :agent, :action, :conversation_id, :message_id, :detail);

-- Since when the customer had waited at the last time that the conversation was closed; empty if they had not.
-- name: last_close(conversation_id)$
select detail from audit
where conversation_id = :conversation_id and action = 'close'
order by id desc limit 1;

-- name: audit_of(conversation_id)
select * from audit
where conversation_id = :conversation_id
  or conversation_id in (select old_id from redirects where conversation_id = :conversation_id)
order by id desc limit 200;
