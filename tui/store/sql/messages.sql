-- name: get(id)^
select * from messages where id = :id;

-- name: newest(conversation_id, before, limit)
select * from messages where conversation_id = :conversation_id and id < :before
order by id desc limit :limit;

-- name: following(conversation_id, after, limit)
select * from messages where conversation_id = :conversation_id and id > :after
order by id limit :limit;

-- name: insert(id, conversation_id, direction, status, account, body, at, sender, recipient, agent, provider_id, provider_key, status_at, scheduled_at, hold_until, format, subject, media, options, retry_of, suspected, attachments, files, arrived_at, arrival, rule, confirms)*!
insert into messages (id, conversation_id, direction, status, account, body, at, sender, recipient, agent, provider_id,
  provider_key, status_at, scheduled_at, hold_until, format, subject, media, options, retry_of, suspected,
  attachments, files, arrived_at, arrival, rule, confirms)
values (:id, :conversation_id, :direction, :status, :account, :body, :at, :sender, :recipient, :agent, :provider_id,
  :provider_key, :status_at, :scheduled_at, :hold_until, :format, :subject, :media, :options, :retry_of, :suspected,
  :attachments, :files, :arrived_at, :arrival, :rule, :confirms);

-- name: exists(id)$
select 1 from messages where id = :id;

-- name: by_provider_key(account, provider_key)
select * from messages where account = :account and provider_key = :provider_key
  and provider_key <> '' and direction = 'out' order by id desc limit 20;

-- name: came_in_later(conversation_id, at)$
select count(*) from messages indexed by messages_by_conversation
where conversation_id = :conversation_id and direction = 'in' and at > :at;

-- What arrived after a place in the order of arrival, which is never before that of the id. `+id` keeps
-- SQLite from walking through the whole conversation by id: hardly any message has an `arrival`.
-- name: came_in_after(conversation_id, upto)$
select (
  select count(*) from messages
  where conversation_id = :conversation_id and id > :upto and direction = 'in'
) + (
  select count(*) from messages
  where conversation_id = :conversation_id and arrival > :upto and +id <= :upto and direction = 'in'
);

-- name: arrival_up_to(conversation_id, upto)$
select max(place) from (
  select :upto as place
  union all
  select max(arrival) from messages
  where conversation_id = :conversation_id and arrival is not null and +id <= :upto) places;

-- name: first_arrival_after(conversation_id, upto)$
select min(coalesce(arrival, id)) from messages where conversation_id = :conversation_id and id > :upto;

-- name: arrived_after(conversation_id, upto, limit)
select * from (
  select * from messages where conversation_id = :conversation_id and id > :upto
  union all
  select * from messages where conversation_id = :conversation_id and arrival > :upto and +id <= :upto
) arrived order by coalesce(arrival, id) limit :limit;

-- name: first_late_text(conversation_id, upto)$
select min(id) from messages
where conversation_id = :conversation_id and arrival > :upto and +id <= :upto and direction = 'in';

-- name: newest_between(conversation_id, first_id, last_id)$
select max(id) from messages
where conversation_id = :conversation_id and id >= :first_id and id <= :last_id;

-- name: text_after(conversation_id, id)$
select 1 from messages where conversation_id = :conversation_id and id > :id and direction = 'in' limit 1;

-- Of the texts that arrived since the last answer the oldest; one that only asked to be left alone waits for none.
-- A text that may say more than that is marked as suspected. Closing the conversation has dealt with those before it, unless
-- that was undone or the conversation was opened again by an agent. Without a time of arrival it was within a minute.
-- What a rule has written answers nothing.
-- name: unanswered_since(conversation_id)$
select min(at) from messages m
where conversation_id = :conversation_id and direction = 'in'
  and (m.suspected = 1 or not exists (
    select 1 from audit a
    where a.message_id = m.id and a.action = 'opted out' and a.conversation_id in (
      select :conversation_id
      union all select old_id from redirects where conversation_id = :conversation_id)))
  and coalesce(arrival, id) > coalesce((
  select max(id) from messages
  where conversation_id = :conversation_id and direction = 'out' and status <> 'cancelled'
    and format <> 'PING' and rule = ''), 0)
  and coalesce(m.arrived_at, m.at + 60000) >= coalesce((
  select max(c.at) from audit c
  where c.conversation_id = :conversation_id and c.action = 'close' and not exists (
    select 1 from audit later
    where later.conversation_id = :conversation_id and later.id > c.id and later.action in ('reopen', 'undo'))), 0);

-- name: sent_again(conversation_id, id)$
select 1 from messages where conversation_id = :conversation_id and id > :id and retry_of = :id;

-- A contradiction stays: a page may write it before the other changes.
-- name: move(id, status, word, code, reason, status_at, parts, price, contradicted, advice)*!
update messages set status = :status, word = :word, code = :code, reason = :reason, status_at = :status_at,
  parts = case when :parts > 0 then :parts else parts end,
  price = case when :price <> '' then :price else price end,
  contradicted = case when :contradicted > 0 then 1 else contradicted end, advice = :advice
where id = :id;

-- name: mark_contradicted(id)*!
update messages set contradicted = 1 where id = :id;

-- name: set_provider_id(id, provider_id, provider_key)!
update messages set provider_id = :provider_id, provider_key = :provider_key where id = :id and provider_id = '';

-- name: set_handled(id, handled)!
update messages set handled = :handled where id = :id;

-- name: trouble_of(conversation_id)
select * from messages where conversation_id = :conversation_id
  and status in ('failed', 'rejected', 'expired', 'uncertain') and handled = 0 order by id desc limit 100;

-- name: complete(id, body, subject, attachments, files, suspected, arrival)!
update messages set body = :body, subject = :subject, attachments = :attachments, files = :files,
  suspected = :suspected, arrival = :arrival
where id = :id;

-- name: reopen(id, now)!
update messages set status = 'uncertain', word = '', reason = '', handled = 0, status_at = :now where id = :id;

-- name: move_to(old_id, new_id, at, arrived_at, arrival)!
update messages set id = :new_id, at = :at, arrived_at = :arrived_at, arrival = :arrival where id = :old_id;

-- name: move_attachments(old_id, new_id)!
update attachments set message_id = :new_id where message_id = :old_id;

-- name: files_of(message_id)
select id, name, content_type, size, data from attachments where message_id = :message_id order by id;

-- name: drop_attachment(id)!
delete from attachments where id = :id;

-- name: add_attachment(message_id, name, content_type, size, data)*!
insert into attachments (message_id, name, content_type, size, data)
values (:message_id, :name, :content_type, :size, :data);

-- name: attachments_of(message_id)
select id, message_id, name, content_type, size from attachments where message_id = :message_id order by id;

-- name: attachment_data(id)$
select data from attachments where id = :id;

-- name: events_of(message_id)
select * from events where message_id = :message_id order by received_at, id;
