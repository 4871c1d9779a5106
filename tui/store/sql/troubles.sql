-- name: groups(since, least)
select account, reason, advice, status, count(*) as messages, count(distinct conversation_id) as conversations,
  max(at) as newest
from messages indexed by messages_trouble
where handled = 0 and status in ('failed', 'rejected', 'expired', 'uncertain') and at >= :since
group by account, reason, advice, status
having count(distinct conversation_id) >= :least
order by messages desc, newest desc limit 5;

-- name: held_up(now)
select account, count(*) as messages from messages
where status = 'queued' and (next_try_at > :now or reason <> '') group by account;
