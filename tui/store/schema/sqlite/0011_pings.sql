-- The list tells a silent ping from a text that was sent.

alter table conversations add column last_format text not null default 'SMS';

update conversations set last_format = 'PING'
where last_direction = 'out'
  and exists (select 1 from messages m where m.id = last_id and m.format = 'PING');
