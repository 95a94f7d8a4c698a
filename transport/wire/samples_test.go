package wire

// One frame of each type, with every field that it can have, for the golden
// files. The people and the chat are those of PROTOCOL.md's transcript.

const (
	t0 = Time(1763778000000)
	t1 = Time(1763778001250)
	t2 = Time(1763778021250)
)

func pointer[T any](v T) *T { return &v }

var (
	support  = Ref{ID: "support", Name: "Support"}
	web      = &Ref{ID: "web", Name: "Website"}
	maria    = Customer{Name: "Maria Rossi", Initials: "MR", Auth: CustomerSigned, Attributes: map[string]string{"order": "A-1042", "vip": "yes"}}
	question = Message{
		MessageSeq: 1, Author: Author{Kind: AuthorCustomer, ID: "customer", Name: "Maria Rossi", Initials: "MR"},
		Text: "Where is my parcel? <A-1042> \"late\"\n\u2028é😀", To: ToAll, SentAt: t0,
	}
	picture = Message{
		MessageSeq: 2, Author: Author{Kind: AuthorAgent, ID: "alice", Name: "Alice", Initials: "A"},
		Attachment: &Attachment{ID: "c-1.f-9", Name: "label.pdf", MediaType: "application/pdf", SizeBytes: 20480, URL: "/v1/attachments/c-1.f-9"},
		To:         ToAgents, SentAt: t1,
	}
	offer = Offer{
		Offer: "o-1", Kind: OfferFromQueue, Chat: "c-1", Channel: "livechat", Queue: support, Customer: maria, Source: web,
		From: &Ref{ID: "bob", Name: "Bob"}, Note: "knows the order", Thread: []Message{question, picture},
		ReceivedAt: t0, OfferedAt: t1, ExpiresAt: t2, Attempt: 1,
	}
	chat = Chat{
		Chat: "c-1", Channel: "livechat", Subject: "Parcel", Queue: support,
		Customer: Customer{Name: "Maria Rossi", Initials: "MR", Attributes: maria.Attributes, State: CustomerOnline},
		Source:   web,
		Participants: []Participant{
			{Participant: "customer", Kind: KindCustomer, Name: "Maria Rossi", Mode: ModeTalk, State: StateJoined},
			{Participant: "alice", Kind: KindAgent, Name: "Alice", Mode: ModeTalk, State: StateJoined, Owner: true},
		},
		Owner: "alice", Label: LabelActive, Phase: PhaseActive, Focus: FocusConnected, Unread: 1, Opened: true,
		Read: map[string]uint64{"customer": 2, "alice": 1}, Messages: []Message{question, picture}, MessageSeq: 2,
		ReceivedAt: t0, StartedAt: t1, PreviousChat: "c-0", Now: &Underway{
			Asked: []Asked{{Kind: OfferTransfer, Transfer: "c-1.x1", By: "alice", Queue: &Ref{ID: "sales", Name: "Sales"}},
				{Kind: OfferInvite, Offer: "c-1.o3", By: "alice", Agent: &Ref{ID: "bob", Name: "Bob"}}},
			EndProposed: &Proposer{By: "alice", Name: "Alice"}, Idle: &Closing{ClosesAt: t2}, WaitsSince: t1, Inactive: true,
			Interrupted: &Interruption{Warning: "The source is gone.", ClosesAt: t2},
		},
	}
	presence = Presence{State: PresenceNotReady, Reason: "lunch", Since: t0, By: "alice"}
	capacity = Capacity{Total: 4, Used: 1, Channels: map[string]ChannelCapacity{"livechat": {Open: true, Max: 4, Used: 1}, "email": {}}}
	codes    = []Choice{{Code: "solved", Name: "Solved"}, {Code: "other", Name: "Other"}}
	wrapup   = Wrapup{
		Chat: "c-1", Codes: codes, NotesEnabled: true, Mode: WrapupTimed, ExpiresAt: t2, ExtensionsLeft: pointer(2),
		Code: "solved", Notes: "sent a label",
	}
	decision = Decision{
		Queue: "support", Chat: "c-1", Offer: "o-1", DecidedAt: t1, Strategy: "longest_idle", Winner: "alice",
		WinnerWhy: "idle for 12 s", PassedOver: []PassedOver{{Agent: "bob", Why: "busy"}}, More: map[string]int{"busy": 3}, ConfigVersion: 7, Step: 2,
	}
	alert    = Alert{Kind: AlertQuarantined, Chat: "c-1", Agent: "alice", Queue: "support", Text: "the chat cannot go on", Since: t1}
	queueRow = QueueRow{Queue: "support", Name: "Support", Mode: QueueOpen, Waiting: 3, OldestSince: t0, AgentsSignedIn: 3, AgentsAvailable: 2, FreeUnits: 5,
		ServiceLevel: pointer(0.875), ServiceLevelS: 20, Abandonment: pointer(0.125), WaitS: &WaitRange{Low: 40, High: 90}, ModeSet: &ModeSet{By: Ref{ID: "sue", Name: "Sue"}, Since: t1}}
	chatRow = ChatRow{
		Chat: "c-1", Channel: "livechat", Queue: &support, Customer: Named{Name: "Maria Rossi"}, Phase: PhaseActive,
		Label: LabelActive, Owner: &Ref{ID: "alice", Name: "Alice"}, ReceivedAt: t0, Rating: &Rating{Score: 4, Text: "quick"},
		Assist: &Assistance{From: Ref{ID: "alice", Name: "Alice"}, Text: "he wants a manager", Since: t1},
	}
	targetRows = []TargetRow{
		{Agent: "bob", Name: "Bob", Usable: true, State: PresenceAvailable, Since: t0, Free: pointer(2), Skills: []string{"it"}},
		{Queue: "sales", Name: "Sales", Mode: QueueOpen, Waiting: pointer(0), Available: pointer(1)},
	}
	agentDesk = AgentSnapshot{
		Seq: 40, Presence: presence, Next: &NextPresence{State: PresenceAvailable, Reason: "back"}, Capacity: capacity, Queues: []Ref{support},
		Offers: []Offer{offer}, Chats: []Chat{chat}, Wrapups: []Wrapup{wrapup}, WrapupCodes: codes, Reasons: []Choice{{Code: "lunch", Name: "Lunch"}},
		Templates: []Template{{Name: "hello", Text: "Hello <name>", Params: []string{"name"}, Channels: []string{"livechat"}}},
	}
)

var sampleCommands = []Command{
	&Hello{ID: "h-1", Token: "eyJ", Client: &ClientInfo{Name: "desk", Version: "1.0"}, Resume: &Resume{Epoch: "e-1", Seq: 40}, Alerting: pointer(false)},
	&Pong{Seq: 41},
	&Refresh{ID: "1", Token: "eyJ"},
	&Start{ID: "1", Source: "web", Queue: "support", Agent: "alice", Name: "Maria Rossi", Attributes: maria.Attributes, Subject: "Parcel"},
	&Send{ID: "2", Chat: "c-1", Text: question.Text, To: ToAgents},
	&Typing{ID: "3", Chat: "c-1", On: true},
	&Read{ID: "4", Chat: "c-1", Upto: 2},
	&End{ID: "5", Chat: "c-1"},
	&Leave{ID: "6", Chat: "c-1"},
	&History{ID: "7", Chat: "c-1", Before: 51, Limit: 50},
	&SetPresence{ID: "8", State: ChooseOffline, Reason: "home", When: WhenAfter, Drain: true},
	&SetChannel{ID: "9", Channel: "livechat", Open: true},
	&Accept{ID: "10", Offer: "o-1"},
	&Reject{ID: "11", Offer: "o-1", Reason: "wrong language"},
	&Focus{ID: "12", Chat: pointer("c-1")},
	&Opened{ID: "13", Chat: "c-1", On: true},
	&WrapUp{ID: "14", Chat: "c-1", Code: "solved", Notes: "sent a label"},
	&SaveWrapUp{ID: "15", Chat: "c-1", Code: "solved", Notes: "sent"},
	&ExtendWrapUp{ID: "16", Chat: "c-1"},
	&ProposeEnd{ID: "40", Chat: "c-1"},
	&ConfirmEnd{ID: "41", Chat: "c-1"},
	&DeclineEnd{ID: "42", Chat: "c-1"},
	&Rate{ID: "43", Chat: "c-1", Score: 4, Text: "quick"},
	&SetAttributes{ID: "17", Chat: "c-1", Set: map[string]string{"order": "A-1042", "vip": ""}},
	&Transfer{ID: "21", Chat: "c-1", To: Target{Agent: "bob"}, Mode: TransferBlind, Note: "speaks Italian", OnFail: FallbackSender},
	&CancelTransfer{ID: "22", Transfer: "c-1.t-1"},
	&Invite{ID: "23", Chat: "c-1", Agent: "bob", Note: "can you look at the order?"},
	&CancelInvite{ID: "24", Offer: "c-1.o-2"},
	&Consult{ID: "25", Chat: "c-1", Agent: "bob"},
	&EndConsult{ID: "26", Chat: "c-1"},
	&EndConference{ID: "27", Chat: "c-1"},
	&Drop{ID: "28", Chat: "c-1", Participant: "bob"},
	&HandOver{ID: "29", Chat: "c-1", Participant: "bob"},
	&Pick{ID: "30", Queue: "support"},
	&Monitor{ID: "31", Chat: "c-1"},
	&Whisper{ID: "32", Chat: "c-1"},
	&Barge{ID: "33", Chat: "c-1"},
	&Unmonitor{ID: "34", Chat: "c-1"},
	&TakeOver{ID: "35", Chat: "c-1"},
	&Assign{ID: "36", Chat: "c-1", Agent: "bob", Force: true},
	&Requeue{ID: "37", Chat: "c-1", Queue: "sales", Priority: 2},
	&SetPriority{ID: "38", Chat: "c-1", Priority: -1},
	&ForceWrapUp{ID: "39", Agent: "alice", Chat: "c-1", Code: "other"},
	&ListTargets{ID: "50", Kind: TargetAgent, Chat: "c-1", Filter: "ital", AvailableOnly: true},
	&WatchTargets{ID: "51", On: true, Kind: TargetQueue, Chat: "c-1", Filter: "sup", AvailableOnly: true},
	&Watch{ID: "52", Queues: true, Agents: true, Chats: true, Filter: "sup"},
	&Direct{ID: "53", Agent: "bob", Text: "do you know this order?"},
	&Assist{ID: "54", Chat: "c-1", Text: "he wants a manager"},
	&Broadcast{ID: "55", Queue: "support", Text: "we are slow today, sorry"},
	&SetQueueMode{ID: "56", Queue: "support", Mode: ChooseClosed},
	&ForceEnd{ID: "18", Chat: "c-1", Reason: "abuse"},
	&ForcePresence{ID: "19", Agent: "alice", State: ChooseNotReady, Reason: "meeting"},
	&Explain{ID: "20", Offer: "o-1"},
}

var sampleEvents = []Event{
	&Welcome{
		Re: "h-1", Session: "s-1", Role: RoleAgent, Principal: "alice", Name: "Alice", Epoch: "e-1", Seq: 40, Resumed: true,
		ServerTime: t1, HeartbeatS: 10,
		Limits: Limits{
			MessageBytes: 32768, Frames: 64, Nesting: 16, IDChars: 64, NotesChars: 4000, AttributesBytes: 32768, HistoryMessages: 200,
			Sessions: 16, OpenChats: 3, UnansweredCommands: 32, OutboundBytes: 262144, PerSecond: 20, Burst: 40,
			Text:        map[string]TextLimit{"livechat": {MaxChars: 4000, Reserved: "<>"}, "facebook": {MaxChars: 1000}},
			Attachments: map[string]AttachmentLimit{"livechat": {MaxBytes: 10485760, MediaTypes: []string{"image/png", "application/pdf"}}},
		},
		ClosedBecause: &Closed{Code: CloseSlowConsumer, Text: CloseSlowConsumer.Text()},
	},
	&agentDesk,
	&CustomerSnapshot{Seq: 12, Chats: []CustomerChat{{
		Chat: "c-1", Channel: "livechat", Subject: "Parcel", Queue: &Named{Name: "Support"}, Phase: PhaseQueued,
		Agents: []AgentName{{Name: "Alice", Initials: "A"}}, Messages: []Message{question}, MessageSeq: 1,
		Read: map[string]uint64{"customer": 1, "agent": 1}, Position: 2, WaitS: &WaitRange{Low: 20, High: 60}, ReceivedAt: t0, EndReason: EndAbandoned,
		EndProposed: &Named{Name: "Alice"}, Idle: &Closing{ClosesAt: t2},
	}}},
	&SupervisorSnapshot{
		Seq:    9,
		Queues: []QueueRow{queueRow},
		Agents: []AgentRow{{Agent: "alice", Name: "Alice", Presence: presence, Status: StatusInteracting, Capacity: capacity, Chats: []string{"c-1"}, Wrapups: []string{}}},
		Chats:  []ChatRow{chatRow},
		Alerts: []Alert{alert}, Self: &agentDesk,
	},
	&Ok{
		Re: "7", Already: true, Chat: "c-1", Transfer: "c-1.t-1", Offer: "c-1.o-2", MessageSeq: 2, ExpiresAt: t2, ExtensionsLeft: pointer(0),
		Page: &Page{Messages: []Message{question}, More: true, PreviousChat: "c-0"}, Decisions: []Decision{decision},
		Targets: targetRows, Version: 12, Chats: pointer(7),
	},
	&Error{
		Re: "2", Code: CodeReservedCharacter, Message: "the text has a reserved character", RetryAfterS: 0.5,
		Detail: &ErrorDetail{Reason: "rona", Max: 4000, Got: 4001, Characters: "<>", Index: pointer(0), By: "bob"},
	},
	&Ping{},
	&Goodbye{Reason: GoodbyeDrain, ReconnectAfterS: 1.5, Address: "wss://b.example/v1/ws"},
	&TokenExpiring{ExpiresAt: t2},
	&Resync{Reason: ResyncTooFarBehind, Epoch: "e-1"},

	&PresenceEvent{At: t1, Presence: presence, Next: &NextPresence{State: PresenceAvailable}},
	&ChannelEvent{At: t1, Channel: "livechat", Open: true, By: "alice"},
	&OfferEvent{At: t1, Offer: offer},
	&OfferEndedEvent{At: t2, Offer: "o-1", Chat: "c-1", Reason: OfferRONA},
	&AssignedEvent{At: t1, Chat: chat},
	&MessageEvent{At: t0, Chat: "c-1", Message: question},
	&UnreadEvent{At: t0, Chat: "c-1", Count: 1},
	&ReadEvent{At: t1, Chat: "c-1", By: "alice", Upto: 2},
	&FocusEvent{At: t1, Chat: "c-1", States: map[string]FocusState{"c-1": FocusConnected, "c-2": FocusHeld}},
	&OpenedEvent{At: t1, Chat: "c-1", On: true},
	&JoinedEvent{At: t1, Chat: "c-1", Participant: "alice", Kind: KindAgent, Name: "Alice", Mode: ModeTalk},
	&LeftEvent{At: t1, Chat: "c-1", Participant: "alice", Mode: ModeTalk, Reason: LeaveDropped, By: "sue"},
	&OwnerEvent{At: t1, Chat: "c-1", Participant: "alice"},
	&LabelEvent{At: t1, Chat: "c-1", Label: LabelActive},
	&TransferDoneEvent{At: t1, Chat: "c-1", Transfer: "c-1.t-1", Participant: "bob"},
	&TransferFailedEvent{At: t1, Chat: "c-1", Transfer: "c-1.t-1", Reason: TransferReturned, Note: "not my language"},
	&TransferCancelledEvent{At: t1, Chat: "c-1", Transfer: "c-1.t-1"},
	&InviteFailedEvent{At: t1, Chat: "c-1", Offer: "c-1.o-2", Kind: OfferConsult, Reason: OfferRejected, Note: "not my language"},
	&TakenOverEvent{At: t1, Chat: "c-1", By: "sue"},
	&InterruptedEvent{At: t1, Chat: "c-1", Reason: InterruptSourceRemoved, Warning: "The source of this chat was removed.", ClosesAt: t2},
	&CustomerEvent{At: t1, Chat: "c-1", State: CustomerAway},
	&AttributesEvent{At: t1, Chat: "c-1", Set: map[string]string{"order": "A-1042"}, By: "alice"},
	&ChatEndedEvent{At: t2, Chat: "c-1", By: "sue", Reason: EndForced, Note: "abuse"},
	&WrapupStartedEvent{At: t2, Chat: "c-1", Codes: codes, NotesEnabled: true, Mode: WrapupTimed, ExpiresAt: t2, ExtensionsLeft: pointer(2)},
	&WrapupSavedEvent{At: t2, Chat: "c-1", Code: "solved", Notes: "sent"},
	&WrapupExtendedEvent{At: t2, Chat: "c-1", ExpiresAt: t2, ExtensionsLeft: 1},
	&WrapupDoneEvent{At: t2, Chat: "c-1", Code: "solved", By: "alice"},
	&ReleasedEvent{At: t2, Chat: "c-1"},
	&TypingEvent{Chat: "c-1", By: "customer", On: true},
	&DeliveredEvent{Chat: "c-1", By: "customer", Upto: 4},
	&IdleWarningEvent{At: t1, Chat: "c-1", ClosesAt: t2},
	&AgentIdleEvent{At: t1, Chat: "c-1", Since: t0},
	&InactiveEvent{At: t1, Chat: "c-1", On: true},
	&EndProposedEvent{At: t1, Chat: "c-1", By: "alice", Name: "Alice"},
	&EndDeclinedEvent{At: t1, Chat: "c-1"},
	&RatedEvent{At: t1, Chat: "c-1", Rating: Rating{Score: 2, Text: "slow"}},
	&QueuedEvent{At: t0, Chat: "c-1", Queue: &Named{Name: "Support"}},
	&AgentJoinedEvent{At: t1, Chat: "c-1", Name: "Alice", Initials: "A"},
	&AgentChangedEvent{At: t1, Chat: "c-1", Name: "Bob", Initials: "B"},
	&AgentLeftEvent{At: t1, Chat: "c-1", Name: "Alice"},
	&AgentAwayEvent{At: t1, Chat: "c-1", Name: "Alice", Away: true},
	&EndedEvent{At: t2, Chat: "c-1", Reason: EndAgent},
	&PositionEvent{Chat: "c-1", Position: 2, WaitS: &WaitRange{Low: 20, High: 60}},
	&AlertEvent{At: t1, Alert: alert, Over: true},
	&DirectEvent{At: t1, From: Ref{ID: "alice", Name: "Alice"}, To: "bob", Text: "do you know this order?"},
	&AssistEvent{At: t1, Chat: "c-1", From: Ref{ID: "alice", Name: "Alice"}, Text: "he wants a manager", Queue: &support, Customer: Named{Name: "Maria Rossi"}},
	&TargetsEvent{At: t1, Kind: TargetAgent, Version: 12, Rows: targetRows},
	&CountersEvent{
		At: t1, Of: BoardChats, Version: 13, Total: 1, Queues: []QueueRow{queueRow}, Chats: []ChatRow{chatRow},
		Agents: []AgentRow{{Agent: "alice", Name: "Alice", Presence: presence, Status: StatusInteracting, Capacity: capacity, Chats: []string{"c-1"}, Wrapups: []string{}}},
	},
}
