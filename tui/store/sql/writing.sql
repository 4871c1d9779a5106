-- name: templates(agent)
select * from templates where owner in ('', :agent) order by position, name, owner;

-- name: save_template(name, owner, body, actions, position, agent, now)!
insert into templates (name, owner, body, actions, agent, updated_at, position)
values (:name, :owner, :body, :actions, :agent, :now,
  case when :position > 0 then :position else (select coalesce(max(position), 0) + 1 from templates) end)
on conflict (owner, name) do update
set body = excluded.body, actions = excluded.actions, agent = excluded.agent, updated_at = excluded.updated_at;

-- name: rename_template(name, owner, new_name, new_owner)!
update templates set name = :new_name, owner = :new_owner where name = :name and owner = :owner;

-- name: place_template(name, owner, position)!
update templates set position = :position where name = :name and owner = :owner;

-- name: drop_template(name, owner)!
delete from templates where name = :name and owner = :owner;

-- name: template_used(name, owner)!
update templates set uses = uses + 1 where name = :name and owner = :owner;

-- name: template_values()
select * from template_values order by name;

-- name: save_template_value(name, value)!
insert into template_values (name, value) values (:name, :value)
on conflict (name) do update set value = excluded.value;

-- name: drop_template_value(name)!
delete from template_values where name = :name;

-- name: note_draft(conversation_id, agent)$
select body from note_drafts where conversation_id = :conversation_id and agent = :agent;

-- name: save_note_draft(conversation_id, agent, body, now)!
insert into note_drafts (conversation_id, agent, body, updated_at) values (:conversation_id, :agent, :body, :now)
on conflict (conversation_id, agent) do update set body = excluded.body, updated_at = excluded.updated_at;

-- name: drop_note_draft(conversation_id, agent)!
delete from note_drafts where conversation_id = :conversation_id and agent = :agent;

-- name: add_mention(agent, message_id, conversation_id)!
insert into mentions (agent, message_id, conversation_id) values (:agent, :message_id, :conversation_id)
on conflict do nothing;

-- name: mentioned(agent, message_id)$
select 1 from mentions where agent = :agent and message_id = :message_id;

-- name: with_drafts(agent)
select conversation_id from drafts where agent = :agent and body <> '';

-- name: until_reply(conversation_id)
select * from messages indexed by messages_until_reply
where conversation_id = :conversation_id and cancel_on_reply = 1 and status in ('queued', 'scheduled');

-- name: mark_until_reply(id)!
update messages set cancel_on_reply = 1 where id = :id;

-- name: newest_texts(conversation_id)
select direction, agent, at, body from messages where conversation_id = :conversation_id order by id desc limit 20;

-- name: agent_choice(agent, name)$
select value from agent_choices where agent = :agent and name = :name;

-- name: save_agent_choice(agent, name, value)!
insert into agent_choices (agent, name, value) values (:agent, :name, :value)
on conflict (agent, name) do update set value = excluded.value;

-- name: macros()
select name, owner, actions from templates where actions <> '';

-- name: change_macro(name, owner, actions)!
update templates set actions = :actions where name = :name and owner = :owner;
