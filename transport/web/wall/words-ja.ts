import type { Pack } from '../ui/words.ts'
import type { Key } from './words-en.ts'

export const ja: Pack<Key> = {
  title: 'スーパーバイザー画面', chooseSupervisor: 'どなたですか？', badToken: 'スーパーバイザーまたは管理者のトークンではありません。', supervisor: 'スーパーバイザー', signOut: 'サインアウト',
  close: '閉じる', cancel: 'キャンセル', send: '送信', set: '設定', done: '完了', none: '見つかりません', all: 'すべて', open: '開く', failed: 'できませんでした：{why}', gone: 'もうボードにありません。', more: 'ほか{n}件：絞り込むと表示されます', keys: 'キーボード', id: 'ID',
  queues: 'キュー', queue: 'キュー', noQueues: 'キューはありません', waiting: '待機中', oldest: '最長待ち', level: 'サービスレベル', levelOf: '{s}秒以内の応答、直近1時間', abandonment: '放棄', ewt: '予想待ち時間', agentsHere: '担当者', freeUnits: '空き', waitingN: '待機{n}件',
  mode: 'モード', mode_open: '受付中', mode_closed: '受付停止', mode_draining: '終了準備中', mode_auto: '設定どおり', byHand: '手動', setBy: '{name}が設定', modeAutoText: '設定と営業時間に従います。', modeText: '受付停止・終了準備中は新しいチャットを受けません。待っている方には対応します。',
  agents: '担当者', agent: '担当者', noAgents: '担当者はいません', presence: '在席状況', status: '状態', inState: '経過', load: '負荷', available: '受付可', wrapupsN: '後処理{n}件',
  p_available: '受付可', p_not_ready: '受付不可', p_offline: 'オフライン', p_rona: '応答なし', p_draining: '終了処理中',
  s_off_queue: 'キュー外', s_idle: '待機', s_alerting: '呼出中', s_interacting: '対応中', s_wrapup: '後処理', s_not_responding: '応答なし',
  setPresence: '在席状況を設定', logout: 'サインアウト…', logoutSure: '今すぐサインアウト', logoutText: '直ちに実行：チャットは待機に戻り、後処理は残ります。', wrapups: '未完了の後処理', wrapupOf: '後処理：{name}', code: 'コード', file: '登録',
  chats: 'チャット', chat: 'チャット', customer: 'お客様', state: '状態', age: '経過', noChats: 'チャットはありません', filter: 'チャットを絞り込む', waitingOnly: '待機中のみ', calls: '支援要請', rating: '評価', inChats: '対応中', active: '対応中',
  phase_new: '新規', phase_queued: '待機中', phase_active: '対応中', phase_interrupted: '中断', phase_ended: '終了', phase_closed: '完了', phase_routing: '待機中',
  label_transfer_requested: '転送依頼中', label_conference_requested: '会議依頼中', label_conference: '会議', label_consulting: '相談中', label_interrupted: '中断',
  monitor: 'モニター', whisper: 'ささやき', barge: '割り込み', take_over: '引き継ぐ', stop: '閲覧をやめる', putAway: 'しまう', yours: '自分の担当', as_monitor: 'モニター中', as_whisper: 'ささやき中', as_talk: '参加中', as_consult: '相談を受けています', everything: 'すべての操作', endChat: 'チャットを終了', nextChat: '次のチャット（{of}件中{n}件目）', conversation: '会話',
  assign: '割り当て', assignForce: '受けられない担当者にも割り当てる', requeue: 'キューに戻す', requeueText: '待ち時間を引き継いで待機します。', priority: '優先度', force_end: '強制終了', forceEndText: 'どの状態でもチャットは直ちに終了します。', reason: '理由',
  alerts: '警告', noAlerts: '対応が必要なことはありません。', acknowledge: '確認', acknowledgedN: '確認済み{n}件', acknowledgeText: 'このブラウザーで確認済みです。まだ解消していません。', callOf: '{agent}が{name}様のチャットで支援を求めています。',
  a_sla: '{queue}：待ち時間が長すぎます', a_stuck: '{about}が進んでいません', a_strikes: '{agent}が着信に応答しません', a_quarantined: '{about}が繰り返し失敗しました', a_agent_idle: '{agent}がお客様に返信していません',
  broadcast: '一斉送信', broadcastText: 'このキューで待つ方と対応中の方全員へ', broadcastDone: '{n}件のチャットに送信しました。',
  plotWaiting: 'キュー別の待機数', plotDay: '本日のサービスレベル', ratedBadly: '{name} さんの評価: 5段階中 {n}', chatsOf: '{name} さんのチャット', plotChats: 'チャット', plotAgents: '担当者', free: '空き', full: '満員', away: '離席',
  explain: '判断の説明', noDecisions: 'まだ誰も呼び出していません。', chosen: '{name}を選択', nobody: '誰も選ばれていません', strategy: '方式', step: 'ステップ{n}', config: '設定の版', decidedAt: '判断時刻', notChosen: '選ばれなかった担当者', because: '理由',
  why_not_available: '受付可でない', why_busy: '空きがない', why_channel: 'このチャネルを受けない', why_skill: 'スキルが足りない', why_tier: 'このステップではまだ対象外', why_preferred: '別の担当者を待っている', why_excluded: '拒否または応答なし', why_reserved: '別の着信が進行中', why_ringing: '別の着信が鳴っている', why_expression: '条件に合わない', why_expression_failed: '条件を判定できない', why_behind: '順番が後',
  past: '過去のチャット', older: 'さらに前', messagesN: 'メッセージ{n}件', replay: '再生', play: '再生する', pause: '一時停止', moment: '時点', noEvents: '変化なし', at: '時刻', hash: '状態ハッシュ', erased: '（削除済み）', agent_author: '担当者', system: 'システム',
  end_agent: '担当者が終了', end_customer: 'お客様が終了', end_abandoned: '放棄', end_disconnected: 'お客様の接続切れ', end_forced: '強制終了', end_max_wait: '待ち時間超過', end_customer_idle: 'お客様の無応答', end_queue_refused: '受付停止', end_source_removed: '窓口の削除', end_transfer_failed: '転送失敗',
  k_next: '次のチャット', k_compose: '入力欄へ', k_thread: 'メッセージへ', k_accept: '着信に応答', k_reject: '着信を拒否', k_rows: '表の行',
  k_rejectWhy: '理由を付けて拒否', today: '本日の実績', answered: '応答', asa: '平均待ち時間', aht: '平均処理時間', occupancy: '稼働率', missed: '未応答', rejected: '拒否', served: '対応したチャット', joinedLine: '{name} が参加しました',
}
