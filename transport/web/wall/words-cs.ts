import type { Pack } from '../ui/words.ts'
import type { Key } from './words-en.ts'

export const cs: Pack<Key> = {
  title: 'Přehled vedoucího', chooseSupervisor: 'Kdo jste?', badToken: 'Toto není token vedoucího ani správce.', supervisor: 'Vedoucí', signOut: 'Odhlásit',
  close: 'Zavřít', cancel: 'Zrušit', send: 'Odeslat', set: 'Nastavit', done: 'Hotovo', none: 'Nic nenalezeno', all: 'Vše', open: 'Otevřít', failed: 'To se nepodařilo: {why}', gone: 'Na tabuli už to není.', more: 'Dalších {n}: zobrazíte je filtrem', keys: 'Klávesnice', id: 'Id',
  queues: 'Fronty', queue: 'Fronta', noQueues: 'Žádné fronty', waiting: 'Čeká', oldest: 'Nejdéle', level: 'Úroveň služby', levelOf: 'Přijato do {s} s, poslední hodina', abandonment: 'Vzdali to', ewt: 'Odhad čekání', agentsHere: 'Agenti', freeUnits: 'Volno', waitingN: 'čeká {n}',
  mode: 'Režim', mode_open: 'Otevřená', mode_closed: 'Zavřená', mode_draining: 'Dobíhá', mode_auto: 'Podle nastavení', byHand: 'ručně', setBy: 'Nastavil(a) {name}', modeAutoText: 'Rozhoduje nastavení a jeho hodiny.', modeText: 'Zavřená a dobíhající nebere nové chaty; kdo čeká, bude obsloužen.',
  agents: 'Agenti', agent: 'Agent', noAgents: 'Žádní agenti', presence: 'Přítomnost', status: 'Činnost', inState: 'Doba', load: 'Vytížení', available: 'K dispozici', wrapupsN: 'závěrů: {n}',
  p_available: 'K dispozici', p_not_ready: 'Nepřipraven', p_offline: 'Offline', p_rona: 'Neodpověděl', p_draining: 'Dokončuje chaty',
  s_off_queue: 'Mimo frontu', s_idle: 'Volný', s_alerting: 'Zvoní', s_interacting: 'V chatech', s_wrapup: 'Závěr', s_not_responding: 'Neodpovídá',
  setPresence: 'Nastavit přítomnost', logout: 'Odhlásit…', logoutSure: 'Odhlásit hned', logoutText: 'Ihned: chaty znovu čekají, závěry zůstávají.', wrapups: 'Nevyřízené závěry', wrapupOf: 'Závěr: {name}', code: 'Kód', file: 'Uložit',
  chats: 'Chaty', chat: 'Chat', customer: 'Zákazník', state: 'Stav', age: 'Stáří', noChats: 'Žádné chaty', filter: 'Filtrovat chaty', waitingOnly: 'Jen čekající', calls: 'Volá o pomoc', rating: 'Hodnocení', inChats: 'V chatech', active: 'Aktivní',
  phase_new: 'Nový', phase_queued: 'Čeká', phase_active: 'Aktivní', phase_interrupted: 'Přerušen', phase_ended: 'Skončil', phase_closed: 'Uzavřen', phase_routing: 'Čeká',
  label_transfer_requested: 'Žádost o předání', label_conference_requested: 'Žádost o konferenci', label_conference: 'Konference', label_consulting: 'Konzultace', label_interrupted: 'Přerušen',
  monitor: 'Sledovat', whisper: 'Napovídat', barge: 'Vstoupit', take_over: 'Převzít', stop: 'Přestat sledovat', putAway: 'Odložit', yours: 'Váš', as_monitor: 'Sledujete', as_whisper: 'Napovídáte', as_talk: 'Účastníte se', as_consult: 'Radíte', everything: 'Všechny akce', endChat: 'Ukončit chat', nextChat: 'Další chat, {n} z {of}', conversation: 'Konverzace',
  assign: 'Přidělit', assignForce: 'I když agent žádný vzít nemůže', requeue: 'Vrátit do fronty', requeueText: 'Chat tam čeká se svým stářím.', priority: 'Priorita', force_end: 'Ukončit násilím', forceEndText: 'Chat skončí ihned, ať je v jakémkoli stavu.', reason: 'Důvod',
  alerts: 'Výstrahy', noAlerts: 'Nic vás nepotřebuje.', acknowledge: 'Vzít na vědomí', acknowledgedN: 'vzato na vědomí: {n}', acknowledgeText: 'Vzato na vědomí v tomto prohlížeči; stále platí.', callOf: '{agent} vás volá k zákazníkovi {name}.',
  a_sla: '{queue}: nejstarší čeká příliš dlouho', a_stuck: '{about} nepokračuje', a_strikes: '{agent} neodpovídá na nabídky', a_quarantined: '{about} opakovaně selhává', a_agent_idle: '{agent} neodpovídá zákazníkovi',
  broadcast: 'Hlášení', broadcastText: 'Všem, kdo čekají ve frontě nebo jsou z ní obsluhováni', broadcastDone: 'Sděleno v {n} chatech.',
  plotWaiting: 'Čekající podle fronty', plotChats: 'Chaty', plotAgents: 'Agenti', free: 'Volní', full: 'Plní', away: 'Pryč',
  explain: 'Vysvětlit', noDecisions: 'Zatím nikdo nebyl osloven.', chosen: 'Vybrán: {name}', nobody: 'Nikdo nebyl vybrán', strategy: 'Strategie', step: 'krok {n}', config: 'Nastavení', decidedAt: 'Rozhodnuto', notChosen: 'Nevybraní', because: 'Protože',
  why_not_available: 'není k dispozici', why_busy: 'nemá kapacitu', why_channel: 'nebere tento kanál', why_skill: 'chybí dovednost', why_tier: 'v tomto kroku ještě není na řadě', why_preferred: 'chat čeká na někoho jiného', why_excluded: 'odmítl nebo zmeškal', why_reserved: 'jiná nabídka je na cestě', why_ringing: 'zvoní jiná nabídka', why_expression: 'podmínka neplatí', why_expression_failed: 'podmínku nešlo vyhodnotit', why_behind: 'je v pořadí později',
  past: 'Minulé chaty', older: 'Starší', messagesN: 'zpráv: {n}', replay: 'Přehrát', play: 'Spustit', pause: 'Pozastavit', moment: 'Okamžik', noEvents: 'Nic se nezměnilo', at: 'Kdy', hash: 'Otisk stavu', erased: '(vymazáno)', agent_author: 'Agent', system: 'Systém',
  end_agent: 'ukončil agent', end_customer: 'ukončil zákazník', end_abandoned: 'vzdal to', end_disconnected: 'zákazník ztracen', end_forced: 'ukončen násilím', end_max_wait: 'čekal příliš dlouho', end_customer_idle: 'zákazník mlčel', end_queue_refused: 'fronta zavřena', end_source_removed: 'zdroj odebrán', end_transfer_failed: 'předání selhalo',
  k_next: 'Další chat', k_compose: 'K psaní', k_thread: 'Ke zprávám', k_accept: 'Přijmout nabídku', k_reject: 'Odmítnout nabídku', k_rows: 'Řádky tabulky',
}
