-- The list shows where a text waits to be judged: it may ask for no more texts.

alter table conversations add column suspected integer not null default 0;

update conversations set suspected = 1
where id in (select conversation_id from messages where suspected = 1);
