-- A text that was cancelled before it was sent is stored, but was not exchanged.
-- name: exchanged(conversation_id)
select account, direction, count(*) as stored, count(*) filter (where status <> 'cancelled') as messages, min(at) as first_at, max(at) as last_at
from messages where conversation_id = :conversation_id
group by account, direction order by messages desc, account;
