-- name: templates()
select * from templates order by name;

-- name: save_template(name, body, agent, now)!
insert into templates (name, body, agent, updated_at) values (:name, :body, :agent, :now)
on conflict (name) do update set body = excluded.body, agent = excluded.agent, updated_at = excluded.updated_at;

-- name: drop_template(name)!
delete from templates where name = :name;

-- name: template_used(name)!
update templates set uses = uses + 1 where name = :name;

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
