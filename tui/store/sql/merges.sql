-- name: move_messages(kept, gone)!
update messages set conversation_id = :kept where conversation_id = :gone;

-- Keeps where each message was, and where it was sent to, so that the merge can be undone.
-- name: remember_origin(gone)!
update messages set origin = :gone where conversation_id = :gone and origin = 0;

-- name: remember_recipient(conversation_id, address)!
update messages indexed by messages_by_conversation set recipient = :address
where conversation_id = :conversation_id and direction = 'out' and recipient = '';

-- name: move_mentions(kept, gone)!
update mentions set conversation_id = :kept where conversation_id = :gone;

-- name: move_presence(kept, gone)!
update presence set conversation_id = :kept where conversation_id = :gone;

-- name: move_labels(kept, gone)!
insert into conversation_labels (label, conversation_id)
select label, :kept from conversation_labels where conversation_id = :gone on conflict do nothing;

-- name: drop_labels(gone)!
delete from conversation_labels where conversation_id = :gone;

-- name: add_label(label, conversation_id)!
insert into conversation_labels (label, conversation_id) values (:label, :conversation_id)
on conflict do nothing;

-- name: move_aliases(kept, gone)!
update aliases set conversation_id = :kept where conversation_id = :gone;

-- name: move_redirects(kept, gone)!
update redirects set conversation_id = :kept where conversation_id = :gone;

-- name: add_alias(party, address, kept)!
insert into aliases (party, address, conversation_id) values (:party, :address, :kept);

-- name: add_redirect(gone, kept)!
insert into redirects (old_id, conversation_id) values (:gone, :kept);

-- name: aliases_of(conversation_id)
select party from aliases where conversation_id = :conversation_id;

-- name: redirects_of(conversation_id)
select old_id from redirects where conversation_id = :conversation_id;

-- name: return_alias(party, kept, conversation_id)!
update aliases set conversation_id = :conversation_id where party = :party and conversation_id = :kept;

-- name: return_redirect(old_id, kept, conversation_id)!
update redirects set conversation_id = :conversation_id where old_id = :old_id and conversation_id = :kept;

-- name: drop_alias(party)!
delete from aliases where party = :party;

-- name: drop_redirect(old_id)!
delete from redirects where old_id = :old_id;

-- name: drafts_of(conversation_id)
select * from drafts where conversation_id = :conversation_id;

-- name: note_drafts_of(conversation_id)
select * from note_drafts where conversation_id = :conversation_id;

-- name: looks_of(conversation_id)
select * from looks where conversation_id = :conversation_id;

-- name: drop_drafts(conversation_id, agent)!
delete from drafts where conversation_id = :conversation_id and agent = :agent;

-- name: drop_note_drafts(conversation_id, agent)!
delete from note_drafts where conversation_id = :conversation_id and agent = :agent;

-- name: drop_looks(conversation_id, agent)!
delete from looks where conversation_id = :conversation_id and agent = :agent;

-- name: first_after(conversation_id, id)$
select min(coalesce(arrival, id)) from messages
where conversation_id = :conversation_id and coalesce(arrival, id) > :id;

-- name: first_unread(conversation_id, unread)$
select min(place) from (
  select coalesce(arrival, id) as place from messages indexed by messages_by_conversation
  where conversation_id = :conversation_id and direction = 'in'
  order by place desc limit :unread) places;

-- name: own_decision(conversation_id, kept, since)^
-- The newest decision since a merge that a message of this conversation made.
select case when audit.action = 'opted out' then 1 else 0 end as opted_out, audit.at, audit.message_id,
       substr(messages.body, 1, 500) as evidence
from audit join messages on messages.id = audit.message_id
where audit.conversation_id = :kept and audit.action in ('opted out', 'opted in')
  and messages.conversation_id = :conversation_id and coalesce(arrival, messages.id) > :since
order by audit.id desc limit 1;

-- name: drop_consent(party)!
delete from consent where party = :party;

-- name: add_merge(at, agent, kept, gone, before)$
insert into merges (at, agent, kept_id, gone_id, before) values (:at, :agent, :kept, :gone, :before)
returning id;

-- name: merge(id)^
select * from merges where id = :id;

-- name: finish_undo(id, now)!
update merges set undone_at = :now where id = :id;

-- name: add_merged_draft(old_id, agent, kind, body)!
insert into merged_drafts (old_id, agent, kind, body) values (:old_id, :agent, :kind, :body)
on conflict (old_id, agent, kind) do update set body = excluded.body;

-- name: merged_draft(old_id, agent, kind)$
select body from merged_drafts where old_id = :old_id and agent = :agent and kind = :kind;

-- name: drop_merged_drafts(old_id)!
delete from merged_drafts where old_id = :old_id;

-- name: after(conversation_id, id)
select * from messages
where conversation_id = :conversation_id and coalesce(arrival, id) > :id order by id;

-- name: return_messages(conversation_id, kept, origin)!
update messages set conversation_id = :conversation_id,
  origin = case when origin = :conversation_id then 0 else origin end
where conversation_id = :kept and origin = :origin;

-- name: return_message(id, conversation_id)!
update messages set conversation_id = :conversation_id, origin = 0 where id = :id;

-- name: return_mentions(conversation_id)!
update mentions set conversation_id = :conversation_id
where message_id in (select id from messages where conversation_id = :conversation_id);

-- name: facts(conversation_id)^
select max(at) as last_at, max(coalesce(arrival, id)) as last_arrival, max(suspected) as suspected,
  count(*) filter (where handled = 0 and status in ('failed', 'rejected', 'expired', 'uncertain')) as failed
from messages where conversation_id = :conversation_id;

-- name: merges_into(conversation_id)
select * from merges
where undone_at = 0 and (
  kept_id = :conversation_id
  or kept_id in (select old_id from redirects where conversation_id = :conversation_id)
) order by id;
