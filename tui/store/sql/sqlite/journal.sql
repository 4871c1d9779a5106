-- name: add_events(events, at)!
insert into journal (at, kind, conversation_id, message_id, agent, detail)
select :at, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
  json_extract(value, '$[3]'), json_extract(value, '$[4]')
from json_each(:events) order by key;
