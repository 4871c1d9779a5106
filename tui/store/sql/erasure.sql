-- Messages by age, with what decides whether they are kept.
-- name: old_messages(after, bound, limit)
select m.*, c.starred from messages m join conversations c on c.id = m.conversation_id
where m.id > :after and m.id < :bound order by m.id limit :limit;

-- name: sizes_of_files(first_id, last_id)
select message_id, count(*) as files, cast(sum(size) as bigint) as bytes from attachments
where message_id >= :first_id and message_id <= :last_id group by message_id;

-- name: drop_files(id)*!
delete from attachments where message_id = :id;

-- name: drop_events(id)*!
delete from events where message_id = :id;

-- name: drop_mentions(id)*!
delete from mentions where message_id = :id;

-- name: drop_message(id)*!
delete from messages where id = :id;

-- name: blank_audit_of_message(conversation_id, id)*!
update audit set detail = ''
where message_id = :id and detail <> '' and (conversation_id = :conversation_id
  or conversation_id in (select old_id from redirects where conversation_id = :conversation_id));

-- name: blank_audit(conversation_id)!
update audit set detail = ''
where detail <> '' and (conversation_id = :conversation_id
  or conversation_id in (select old_id from redirects where conversation_id = :conversation_id));

-- The events stay, as the ids have to go on without a gap.
-- name: blank_events(conversation_id)!
update journal set kind = 'erased', conversation_id = 0, message_id = 0, agent = '', detail = ''
where conversation_id = :conversation_id;

-- name: unlink_consent(id, party)*!
update consent set message_id = null where party = :party and message_id = :id;

-- name: count_texts(conversation_id)$
select count(*) from messages indexed by messages_by_conversation
where conversation_id = :conversation_id and direction = 'in';

-- name: newest_draft(conversation_id)$
select max(at) from (
  select updated_at as at from drafts where conversation_id = :conversation_id
  union all
  select updated_at from note_drafts where conversation_id = :conversation_id) found;

-- name: is_shown(conversation_id)$
select 1 from presence where conversation_id = :conversation_id limit 1;

-- name: drop_loose_events(before, limit)!
delete from events where id in (
  select id from events where message_id is null and received_at < :before order by received_at limit :limit);

-- name: drop_arrivals(state, before, limit)!
delete from arrivals where id in (
  select id from arrivals where state = :state and last_at < :before order by last_at limit :limit);

-- name: old_merges(before, limit)
select id, gone_id from merges where at < :before order by id limit :limit;

-- name: drop_merge(id)!
delete from merges where id = :id;

-- name: drop_merged_drafts(old_id)!
delete from merged_drafts where old_id = :old_id;

-- name: count_old_arrivals(before)$
select count(*) from arrivals where state in ('read', 'held', 'retaken', 'dismissed') and last_at < :before;

-- name: oldest_kept(bound)$
select min(at) from messages where id >= :bound;

-- name: page_of_conversation(conversation_id, after, limit)
select * from messages where conversation_id = :conversation_id and id > :after order by id limit :limit;

-- name: count_conversation(conversation_id)^
select count(*) as messages, count(*) filter (where status = 'sending') as sending,
  count(*) filter (where status = 'queued') as queued, count(*) filter (where status = 'scheduled') as scheduled,
  coalesce(sum(attachments), 0) as files
from messages where conversation_id = :conversation_id;

-- name: aliases_of(conversation_id)
select party, address from aliases where conversation_id = :conversation_id;

-- name: old_ids_of(conversation_id)
select old_id from redirects where conversation_id = :conversation_id;

-- name: merges_with(conversation_id)
select id, kept_id, gone_id from merges where kept_id = :conversation_id or gone_id = :conversation_id;

-- name: contact(party)^
select * from contacts where party = :party;

-- name: count_texts_to_many(party)$
select count(*) from bulk_recipients where party = :party;

-- name: has_waiting_text(conversation_id)$
select 1 from bulk_recipients r join conversations c on c.id = :conversation_id
where r.state = 'waiting' and (r.party = c.party or r.party in (
  select party from aliases where conversation_id = :conversation_id)) limit 1;

-- name: arrivals_after(after, limit)
select id, state, query, tail, headers, target, reason, body from arrivals where id > :after order by id limit :limit;

-- name: drop_arrival(id)*!
delete from arrivals where id = :id;

-- name: loose_events_after(after, limit)
select id, event_id, provider_key, reason, problem, own, copy, raw from events where message_id is null and id > :after order by id limit :limit;

-- name: drop_event(id)*!
delete from events where id = :id;

-- name: quotes_after(after, limit)
select id, detail, case when conversation_id = 0 then detail else '' end as named
from audit where id > :after order by id limit :limit;

-- name: blank_line(id)*!
update audit set detail = '' where id = :id;

-- name: drop_audit(conversation_id)!
delete from audit where conversation_id = :conversation_id;

-- name: add_erasure(at, agent)!
insert into erasures (at, agent) values (:at, :agent);

-- name: newest_waiting_erasure()$
select max(id) from erasures where scrubbed_at = 0;

-- name: finish_erasures(upto, now)!
update erasures set scrubbed_at = :now where scrubbed_at = 0 and id <= :upto;

-- name: identity()$
select id from inbox_identity;

-- name: set_identity(id)!
insert into inbox_identity (id) values (:id) on conflict do nothing;

-- name: all_audit_of(conversation_id)
select * from audit where conversation_id = :conversation_id
  or conversation_id in (select old_id from redirects where conversation_id = :conversation_id)
order by id;

-- What is said of a customer outside of conversations ----------------------------------------

-- name: drop_person_fields(person)!
delete from contact_fields where person = :person;

-- The newest one stays, without its text: the ids go on from it.
-- name: drop_empty_texts_to_many()!
delete from bulk_texts where state in ('done', 'cancelled') and id < (select max(id) from bulk_texts)
  and id not in (select bulk_id from bulk_recipients);

-- name: blank_empty_texts_to_many()!
update bulk_texts set body = '' where state in ('done', 'cancelled') and body <> ''
  and id not in (select bulk_id from bulk_recipients);

-- name: account_lines()
select name, line, credit_reason from accounts;

-- name: set_account_line(name, line, reason)!
update accounts set line = :line, credit_reason = :reason where name = :name;

-- name: alarm_lines()
select kind, account, text from sent_alarms;

-- name: set_alarm_line(kind, account, text)!
update sent_alarms set text = :text where kind = :kind and account = :account;

-- name: channel_lines()
select channel, line from alarm_deliveries;

-- name: set_channel_line(channel, line)!
update alarm_deliveries set line = :line where channel = :channel;

-- name: set_problem_line(id, problem)!
update rules set problem = :problem where id = :id;

-- name: erase_hook_lines(line)!
update event_runs set line = :line where line <> '';

-- name: erase_target_lines(line)!
update event_targets set line = :line where line <> '';

-- name: shared_replies()
select name, body, actions from templates order by name;

-- name: bulk_bodies()
select id, body from bulk_texts order by id;

-- name: set_bulk_body(id, body)!
update bulk_texts set body = :body where id = :id;

-- What is as old as messages that are not kept -------------------------------------------------

-- name: drop_old_runs(before, limit)!
delete from event_runs where (target, event_id) in (
  select target, event_id from event_runs where ended_at > 0 and ended_at < :before limit :limit);

-- name: drop_old_recipients(before, limit)!
delete from bulk_recipients where (bulk_id, party) in (
  select r.bulk_id, r.party from bulk_recipients r join bulk_texts b on b.id = r.bulk_id
  where b.state in ('done', 'cancelled') and b.created_at < :before limit :limit);

-- name: old_drafts(before, limit)
select conversation_id, agent from (
  select conversation_id, agent from drafts
  where updated_at < :before and (send_at is null or send_at < :before)
  union
  select conversation_id, agent from note_drafts where updated_at < :before) found
limit :limit;

-- name: drop_old_draft(conversation_id, agent, before)!
delete from drafts where conversation_id = :conversation_id and agent = :agent
  and updated_at < :before and (send_at is null or send_at < :before);

-- name: drop_old_note_draft(conversation_id, agent, before)!
delete from note_drafts where conversation_id = :conversation_id and agent = :agent
  and updated_at < :before;

-- name: blank_old_target_lines(before, line)!
update event_targets set line = :line where line <> '' and line <> :line and line_at < :before;

-- name: blank_old_problems(before)!
update rules set problem = '', problem_at = 0
where problem <> '' and problem not like 'Incomplete: %' and problem_at < :before;
