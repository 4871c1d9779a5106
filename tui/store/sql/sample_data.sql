-- name: add_conversations(id, party, address, name, folded, state, snoozed_until, assignee, starred, unread, waiting_since, failed, last_id, last_arrival, last_at, last_direction, last_status, preview, account, own, rank)*!
insert into conversations (id, party, address, name, folded, state, snoozed_until, assignee, starred, unread,
  waiting_since, unanswered_since, failed, last_id, last_arrival, last_at, last_direction, last_status, preview,
  account, own, rank)
values (:id, :party, :address, :name, :folded, :state, :snoozed_until, :assignee, :starred, :unread, :waiting_since,
  :waiting_since, :failed, :last_id, :last_arrival, :last_at, :last_direction, :last_status, :preview, :account, :own,
  :rank);

-- name: add_contacts(party, id, name, folded, last_at)*!
insert into contacts (party, person, name, folded, updated_at) values (:party, :id, :name, :folded, :last_at)
on conflict do nothing;

-- name: add_messages(id, conversation_id, direction, status, account, body, at, sender, agent, provider_id, status_at, handled)*!
insert into messages (id, conversation_id, direction, status, account, body, at, sender, agent, provider_id,
  provider_key, status_at, word, handled)
values (:id, :conversation_id, :direction, :status, :account, :body, :at, :sender, :agent, :provider_id,
  :provider_id, :status_at, :status, :handled);
