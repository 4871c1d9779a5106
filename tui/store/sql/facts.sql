-- name: exchanged(conversation_id)
select account, direction, count(*) as messages, min(at) as first_at, max(at) as last_at
from messages where conversation_id = :conversation_id
group by account, direction order by messages desc, account;
