import { speak, type Pack } from '../ui/words.ts'

const en = {
  title: 'Chat with us', hello: 'How can we help you?', hello2: 'Write to us, and somebody will be with you shortly.',
  name: 'Your name', question: 'Your question', start: 'Start chat', starting: 'Starting…',
  waiting: 'Waiting for somebody to answer', place: 'You are number {n} in the queue', next: 'You are next',
  wait: 'About {a} to {b} minutes', waitShort: 'Less than {b} min',
  with: 'You are talking with {name}', joined: '{name} has joined the chat', changed: '{name} is now helping you', left: '{name} has left the chat',
  away: '{name} has lost the connection and will be back', back: '{name} is back', queuedAgain: 'You are in the queue again, at your old place',
  typing: '{name} is typing', somebody: 'Somebody',
  message: 'Message', placeholder: 'Write a message', send: 'Send', attach: 'Attach a picture or document', file: 'Save file',
  sent: 'Sent', delivered: 'Delivered', read: 'Read', pending: 'Not sent yet', failed: 'Not sent', uploading: 'Uploading {name}…', uploadFailed: '{name} could not be sent: {why}',
  leftChars: '{n} characters left', over: '{n} characters too many', reserved: '“{c}” cannot be used here', enter: 'Enter sends',
  idle: 'Are you still there?', idleUntil: 'Are you still there? The chat ends in {t}.', here: 'I am here',
  asked: '{name} asks whether everything is settled', yes: 'Yes, end the chat', no: 'No, go on',
  end: 'End chat', endSure: 'End this chat?', endText: 'You can start a new one at any time.', cancel: 'Cancel', close: 'Close', minimize: 'Minimise',
  ended: 'The chat has ended', endedAgent: '{name} has ended the chat', endedIdle: 'The chat has ended because we did not hear from you',
  endedWait: 'Sorry, nobody could answer in time', endedClosed: 'Sorry, we cannot take chats at the moment',
  interrupted: 'The chat cannot go on and will end',
  rate: 'How did we do?', stars: '{n} of 5', comment: 'What should we know? (optional)', submit: 'Send', thanks: 'Thank you!', again: 'New chat',
  connecting: 'Connecting…', offline: 'No connection. Trying again in {n} s', retry: 'Try now', stopped: 'You are no longer connected.', reload: 'Connect again',
  newer: 'To the latest message', conversation: 'Conversation', sorry: 'That did not work: {why}',
  tooMany: 'You have too many open chats', queueFull: 'Too many people are waiting. Please try later', noAgents: 'Nobody is here at the moment',
  tooLate: 'It is too late to rate this chat', tooBig: 'the file is too big', badType: 'this kind of file is not taken', noToken: 'This page has not been told who you are.',
} as const

export type Key = keyof typeof en

const ja: Pack<Key> = {
  title: 'チャットでのお問い合わせ', hello: 'ご用件をお聞かせください', hello2: 'メッセージをお送りいただければ、担当者がすぐに対応いたします。',
  name: 'お名前', question: 'ご質問', start: 'チャットを開始', starting: '開始しています…',
  waiting: '担当者をお呼びしています', place: '現在 {n} 番目にお待ちです', next: '次にご案内します',
  wait: '目安: {a}〜{b} 分', waitShort: '{b} 分以内',
  with: '{name} が対応しています', joined: '{name} が参加しました', changed: '{name} が担当になりました', left: '{name} が退出しました',
  away: '{name} の接続が切れました。まもなく戻ります', back: '{name} が戻りました', queuedAgain: '元の順番でもう一度お待ちいただいています',
  typing: '{name} が入力しています', somebody: '担当者',
  message: 'メッセージ', placeholder: 'メッセージを入力', send: '送信', attach: '画像や書類を添付', file: 'ファイルを保存',
  sent: '送信済み', delivered: '配信済み', read: '既読', pending: '未送信', failed: '送信できませんでした', uploading: '{name} をアップロード中…', uploadFailed: '{name} を送信できませんでした: {why}',
  leftChars: '残り {n} 文字', over: '{n} 文字超過しています', reserved: '「{c}」は使用できません', enter: 'Enter で送信',
  idle: 'まだいらっしゃいますか?', idleUntil: 'まだいらっしゃいますか? あと {t} でチャットを終了します。', here: 'はい、います',
  asked: '{name} が終了してよいか確認しています', yes: 'はい、終了します', no: 'いいえ、続けます',
  end: 'チャットを終了', endSure: 'チャットを終了しますか?', endText: 'いつでも新しいチャットを開始できます。', cancel: 'キャンセル', close: '閉じる', minimize: '最小化',
  ended: 'チャットは終了しました', endedAgent: '{name} がチャットを終了しました', endedIdle: 'お返事がなかったため、チャットを終了しました',
  endedWait: '申し訳ございません。時間内に応答できませんでした', endedClosed: '申し訳ございません。現在チャットを受け付けておりません',
  interrupted: 'チャットを続けられないため、まもなく終了します',
  rate: '対応はいかがでしたか?', stars: '5 段階中 {n}', comment: 'ご意見(任意)', submit: '送信', thanks: 'ありがとうございました', again: '新しいチャット',
  connecting: '接続しています…', offline: '接続がありません。{n} 秒後に再試行します', retry: '今すぐ試す', stopped: '接続が終了しました。', reload: '再接続',
  newer: '最新のメッセージへ', conversation: '会話', sorry: 'うまくいきませんでした: {why}',
  tooMany: '開いているチャットが多すぎます', queueFull: '混み合っています。のちほどお試しください', noAgents: '現在対応できる担当者がいません',
  tooLate: '評価の受付は終了しました', tooBig: 'ファイルが大きすぎます', badType: 'この種類のファイルは送信できません', noToken: 'このページには利用者の情報がありません。',
}

const it: Pack<Key> = {
  title: 'Chatta con noi', hello: 'Come possiamo aiutarti?', hello2: 'Scrivici: qualcuno ti risponderà al più presto.',
  name: 'Il tuo nome', question: 'La tua domanda', start: 'Inizia la chat', starting: 'Avvio…',
  waiting: 'In attesa di un operatore', place: 'Sei il numero {n} in coda', next: 'Tocca a te',
  wait: 'Circa {a}–{b} minuti', waitShort: 'Meno di {b} min',
  with: 'Stai parlando con {name}', joined: '{name} è entrato nella chat', changed: 'Ora ti segue {name}', left: '{name} ha lasciato la chat',
  away: '{name} ha perso la connessione e tornerà', back: '{name} è di nuovo qui', queuedAgain: 'Sei di nuovo in coda, al tuo posto',
  typing: '{name} sta scrivendo', somebody: 'Qualcuno',
  message: 'Messaggio', placeholder: 'Scrivi un messaggio', send: 'Invia', attach: 'Allega un’immagine o un documento', file: 'Salva il file',
  sent: 'Inviato', delivered: 'Consegnato', read: 'Letto', pending: 'Non ancora inviato', failed: 'Non inviato', uploading: 'Caricamento di {name}…', uploadFailed: 'Impossibile inviare {name}: {why}',
  leftChars: '{n} caratteri rimasti', over: '{n} caratteri di troppo', reserved: '“{c}” non è ammesso', enter: 'Invio per inviare',
  idle: 'Ci sei ancora?', idleUntil: 'Ci sei ancora? La chat termina tra {t}.', here: 'Sono qui',
  asked: '{name} chiede se è tutto risolto', yes: 'Sì, chiudi la chat', no: 'No, continua',
  end: 'Chiudi la chat', endSure: 'Chiudere la chat?', endText: 'Puoi iniziarne una nuova quando vuoi.', cancel: 'Annulla', close: 'Chiudi', minimize: 'Riduci',
  ended: 'La chat è terminata', endedAgent: '{name} ha chiuso la chat', endedIdle: 'La chat è terminata perché non abbiamo avuto risposta',
  endedWait: 'Spiacenti, nessuno ha potuto rispondere in tempo', endedClosed: 'Spiacenti, al momento non accettiamo chat',
  interrupted: 'La chat non può continuare e terminerà',
  rate: 'Come è andata?', stars: '{n} su 5', comment: 'Vuoi dirci altro? (facoltativo)', submit: 'Invia', thanks: 'Grazie!', again: 'Nuova chat',
  connecting: 'Connessione…', offline: 'Nessuna connessione. Nuovo tentativo tra {n} s', retry: 'Prova ora', stopped: 'Non sei più connesso.', reload: 'Riconnetti',
  newer: 'All’ultimo messaggio', conversation: 'Conversazione', sorry: 'Non ha funzionato: {why}',
  tooMany: 'Hai troppe chat aperte', queueFull: 'Troppe persone in attesa. Riprova più tardi', noAgents: 'Al momento non c’è nessuno',
  tooLate: 'Non è più possibile valutare questa chat', tooBig: 'il file è troppo grande', badType: 'tipo di file non ammesso', noToken: 'Questa pagina non sa chi sei.',
}

const cs: Pack<Key> = {
  title: 'Napište nám', hello: 'S čím vám můžeme pomoci?', hello2: 'Napište nám a někdo se vám brzy ozve.',
  name: 'Vaše jméno', question: 'Váš dotaz', start: 'Zahájit chat', starting: 'Zahajuji…',
  waiting: 'Čekáme, až se někdo uvolní', place: 'Jste {n}. v pořadí', next: 'Jste na řadě',
  wait: 'Asi {a} až {b} minut', waitShort: 'Méně než {b} min',
  with: 'Mluvíte s: {name}', joined: '{name} se připojuje k chatu', changed: 'Nyní se vám věnuje {name}', left: '{name} opouští chat',
  away: '{name} ztrácí spojení a vrátí se', back: '{name} je zpět', queuedAgain: 'Jste znovu ve frontě, na svém původním místě',
  typing: '{name} píše', somebody: 'Někdo',
  message: 'Zpráva', placeholder: 'Napište zprávu', send: 'Odeslat', attach: 'Přiložit obrázek nebo dokument', file: 'Uložit soubor',
  sent: 'Odesláno', delivered: 'Doručeno', read: 'Přečteno', pending: 'Zatím neodesláno', failed: 'Neodesláno', uploading: 'Nahrávám {name}…', uploadFailed: '{name} nelze odeslat: {why}',
  leftChars: 'Zbývá znaků: {n}', over: 'Přebývá znaků: {n}', reserved: 'Znak „{c}“ zde nelze použít', enter: 'Enter odešle',
  idle: 'Jste tam ještě?', idleUntil: 'Jste tam ještě? Chat skončí za {t}.', here: 'Jsem tady',
  asked: '{name} se ptá, zda je vše vyřízeno', yes: 'Ano, ukončit chat', no: 'Ne, pokračovat',
  end: 'Ukončit chat', endSure: 'Ukončit tento chat?', endText: 'Nový můžete zahájit kdykoli.', cancel: 'Zrušit', close: 'Zavřít', minimize: 'Minimalizovat',
  ended: 'Chat skončil', endedAgent: '{name} ukončuje chat', endedIdle: 'Chat skončil, protože jsme od vás nedostali odpověď',
  endedWait: 'Omlouváme se, nikdo nemohl včas odpovědět', endedClosed: 'Omlouváme se, chat teď nepřijímáme',
  interrupted: 'Chat nemůže pokračovat a skončí',
  rate: 'Jak jste spokojeni?', stars: '{n} z 5', comment: 'Co bychom měli vědět? (nepovinné)', submit: 'Odeslat', thanks: 'Děkujeme!', again: 'Nový chat',
  connecting: 'Připojuji…', offline: 'Bez spojení. Další pokus za {n} s', retry: 'Zkusit hned', stopped: 'Už nejste připojeni.', reload: 'Připojit znovu',
  newer: 'Na poslední zprávu', conversation: 'Konverzace', sorry: 'Nepodařilo se: {why}',
  tooMany: 'Máte příliš mnoho otevřených chatů', queueFull: 'Čeká příliš mnoho lidí. Zkuste to později', noAgents: 'Momentálně tu nikdo není',
  tooLate: 'Tento chat už nelze ohodnotit', tooBig: 'soubor je příliš velký', badType: 'tento typ souboru nelze poslat', noToken: 'Tato stránka neví, kdo jste.',
}

export const t = speak<Key>({ en, ja, it, cs })
document.documentElement.lang = t.lang
document.title = t('title')

/** What a refusal says to a customer. */
export function excuse(code: string, message: string): string {
  const known: Record<string, Key> = { capacity: 'tooMany', queue_full: 'queueFull', no_agents: 'noAgents', queue_closed: 'endedClosed', too_late: 'tooLate' }
  const key = known[code]
  return key ? t(key) : t('sorry', { why: message })
}
