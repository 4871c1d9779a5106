-- The list tells what a rule has written from what an agent has.

alter table conversations add column last_rule text not null default '';  -- rule that wrote the last message

update conversations set last_rule = (select m.rule from messages m where m.id = conversations.last_id)
where last_direction = 'out' and last_id in (select m.id from messages m where m.rule <> '');
