-- Until a conversation is named, its title is its first question's words: that question is found by itself.
CREATE OR REPLACE FUNCTION chat_index_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.search := CASE WHEN NEW.title_source <> 'none' THEN chat_vector(NEW.tenant_id, NEW.user_id, NEW.title) END;
  RETURN NEW;
END $$;
DROP TRIGGER conversations_search ON conversations;
CREATE TRIGGER conversations_search BEFORE INSERT OR UPDATE OF title, title_source ON conversations
  FOR EACH ROW EXECUTE FUNCTION chat_index_conversation();
