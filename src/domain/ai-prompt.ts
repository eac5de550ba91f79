/** What a model is asked, as engines build it and adapters send it. Mail text is in `user` alone, never in `system`. */
export interface ModelPrompt<Answer> {
  /** Written by us alone. */
  system: string;
  /** Carries what is disclosed of the mail, fenced. */
  user: string;
  form: AnswerForm<Answer>;
  maxOutputTokens: number;
}

/** What an answer must look like. */
export interface AnswerForm<Answer> {
  /** For providers that name their schemas: letters, digits and underscores. */
  name: string;
  /** JSON Schema of the answer (draft 2020-12 as providers take it: closed objects, all fields required). */
  jsonSchema: object;
  /** Reads a parsed answer; nothing of it is taken where `problems` are told. */
  read: (value: unknown) => { answer: Answer } | { problems: string[] };
}
