package config

import "time"

// file is the document as it is written. Pointers tell what was left out from
// what was set; what was left out takes the default of acd.Config.Normalize.
type file struct {
	Listen      string              `yaml:"listen"`
	AdminListen string              `yaml:"admin_listen"`
	Origins     []string            `yaml:"origins"`
	Pages       pages               `yaml:"pages"`
	TLS         publicCertificate   `yaml:"tls"`
	AdminTLS    certificate         `yaml:"admin_tls"`
	Tokens      tokens              `yaml:"tokens"`
	Limits      limits              `yaml:"limits"`
	Events      events              `yaml:"events"`
	Traces      traces              `yaml:"traces"`
	Channels    []channel           `yaml:"channels"`
	Queues      []queue             `yaml:"queues"`
	Sources     []source            `yaml:"sources"`
	Agents      []agent             `yaml:"agents"`
	Reasons     []named             `yaml:"presence_reasons"`
	Desk        desk                `yaml:"desk"`
	Templates   map[string]template `yaml:"templates"`
	Schedules   map[string]schedule `yaml:"schedules"`
	Retention   retention           `yaml:"retention"`
}

// pages is whether and where the chat and the desk are shown.
type pages struct {
	Serve   bool     `yaml:"serve"`
	EmbedOn []string `yaml:"embed_on"`
}

// certificate is what a listener shows, and whom it asks for one.
type certificate struct {
	CertFile     string `yaml:"cert_file"`
	KeyFile      string `yaml:"key_file"`
	ClientCAFile string `yaml:"client_ca_file"`
}

// publicCertificate is that of the listener that an authority can come to.
type publicCertificate struct {
	CertFile     string `yaml:"cert_file"`
	KeyFile      string `yaml:"key_file"`
	ClientCAFile string `yaml:"client_ca_file"`
	ACME         acme   `yaml:"acme"`
}

func (p *publicCertificate) files() *certificate {
	return &certificate{p.CertFile, p.KeyFile, p.ClientCAFile}
}

// acme is how certificates are ordered in the place of files.
type acme struct {
	Domains   []string `yaml:"domains"`
	Email     string   `yaml:"email"`
	Directory string   `yaml:"directory"`
	CAFile    string   `yaml:"ca_file"`
	Folder    string   `yaml:"folder"`
}

type tokens struct {
	Issuer              string         `yaml:"issuer"`
	Audience            string         `yaml:"audience"`
	Audiences           []string       `yaml:"audiences"`
	Discover            bool           `yaml:"discover"`
	Secret              string         `yaml:"secret"`
	SecretFile          string         `yaml:"secret_file"`
	OldSecretFile       string         `yaml:"old_secret_file"`
	JWKSFile            string         `yaml:"jwks_file"`
	JWKSURL             string         `yaml:"jwks_url"`
	Leeway              *time.Duration `yaml:"leeway"`
	MaxCustomerLifetime *time.Duration `yaml:"max_customer_lifetime"`
	MaxDeskLifetime     *time.Duration `yaml:"max_desk_lifetime"`
}

type limits struct {
	Customer  roleLimits    `yaml:"customer"`
	Desk      roleLimits    `yaml:"desk"`
	Address   addressLimits `yaml:"address"`
	Admin     callLimits    `yaml:"admin"`
	BadFrames *int          `yaml:"bad_frames"`
	// AnswerWithin is how long commands may take on average on a node that is
	// full, kept there by refusing new chats; it begins to when they take 10 ms
	// or more. Absent, the node goes by its disk.
	AnswerWithin *time.Duration `yaml:"answer_within"`
}

type roleLimits struct {
	PerSecond     *int `yaml:"per_second"`
	Burst         *int `yaml:"burst"`
	Unanswered    *int `yaml:"unanswered"`
	Sessions      *int `yaml:"sessions"`
	OutboundBytes *int `yaml:"outbound_bytes"`
	InboundBytes  *int `yaml:"inbound_bytes"`
	InboundFrames *int `yaml:"inbound_frames"`
}

type callLimits struct {
	PerSecond        *int `yaml:"per_second"`
	Burst            *int `yaml:"burst"`
	AddressPerSecond *int `yaml:"address_per_second"`
	AddressBurst     *int `yaml:"address_burst"`
}

type addressLimits struct {
	Connections   *int `yaml:"connections"`
	PerSecond     *int `yaml:"per_second"`
	Burst         *int `yaml:"burst"`
	TrustLoopback bool `yaml:"trust_loopback"`
}

type channel struct {
	ID            string         `yaml:"id"`
	MaxChars      *int           `yaml:"max_chars"`
	ReservedChars string         `yaml:"reserved_chars"`
	Weight        *int           `yaml:"weight"`
	CustomerGrace *customerGrace `yaml:"customer_grace"`
	Idle          idle           `yaml:"idle"`
	Attachments   attachments    `yaml:"attachments"`
}

type customerGrace struct {
	Waiting *time.Duration `yaml:"waiting"`
	Served  *time.Duration `yaml:"served"`
}

type source struct {
	ID       string   `yaml:"id"`
	Name     string   `yaml:"name"`
	Channel  string   `yaml:"channel"`
	Queue    string   `yaml:"queue"`
	Skills   []string `yaml:"skills"`
	Priority *int     `yaml:"priority"`
}

type queue struct {
	ID              string         `yaml:"id"`
	Name            string         `yaml:"name"`
	Mode            string         `yaml:"mode"`
	MaxSize         *int           `yaml:"max_size"`
	JoinEmpty       string         `yaml:"join_empty"`
	Overflow        overflow       `yaml:"overflow"`
	Strategy        string         `yaml:"strategy"`
	Skills          []string       `yaml:"skills"`
	Match           *string        `yaml:"match"`
	MaxTier         *int           `yaml:"max_tier"`
	Steps           []step         `yaml:"steps"`
	DirectWait      *time.Duration `yaml:"direct_wait"`
	LastAgent       *time.Duration `yaml:"last_agent"`
	RingCount       *int           `yaml:"ring_count"`
	AutoAccept      bool           `yaml:"auto_accept"`
	Schedule        string         `yaml:"schedule"`
	OnClosed        dismissal      `yaml:"on_closed"`
	OnDeleted       dismissal      `yaml:"on_deleted"`
	NoAgentWait     *time.Duration `yaml:"no_agent_wait"`
	OnNoAgents      dismissal      `yaml:"on_no_agents"`
	NoAgentsMeans   string         `yaml:"no_agents_means"`
	OnAllDeclined   dismissal      `yaml:"on_all_declined"`
	DeclineCooldown *time.Duration `yaml:"decline_cooldown"`
	Sayings         []saying       `yaml:"waiting_messages"`
	PreferReturning bool           `yaml:"prefer_returning"`
	PriorityBoost   *time.Duration `yaml:"priority_boost"`
	MatchScan       *int           `yaml:"match_scan"`
	OfferTimeout    *time.Duration `yaml:"offer_timeout"`
	MinAlert        *time.Duration `yaml:"min_alert"`
	MaxWait         *time.Duration `yaml:"max_wait"`
	OnMaxWait       onMaxWait      `yaml:"on_max_wait"`
	RejectHold      *time.Duration `yaml:"reject_hold"`
	RegainBoost     *time.Duration `yaml:"regain_boost"`
	ShortAbandon    *time.Duration `yaml:"short_abandon"`
	ServiceLevel    *time.Duration `yaml:"service_level"`
	Wrapup          wrapup         `yaml:"wrapup"`
	Flows           flows          `yaml:"flows"`
	TransferText    string         `yaml:"transfer_text"`
	TransferBoost   *time.Duration `yaml:"transfer_boost"`
	Idle            idle           `yaml:"idle"`
	RatingWindow    *time.Duration `yaml:"rating_window"`
}

// flows is how chats of a queue move between agents.
type flows struct {
	Transfer      string         `yaml:"transfer"`
	QueueTransfer string         `yaml:"queue_transfer"`
	OnFail        string         `yaml:"on_fail"`
	Accept        *time.Duration `yaml:"accept"`
	EndConference string         `yaml:"end_conference"`
	MaxAgents     *int           `yaml:"max_agents"`
	AnyoneEnds    bool           `yaml:"anyone_ends"`
	Interrupted   *time.Duration `yaml:"interrupted"`
}

type step struct {
	After      *time.Duration `yaml:"after"`
	DropSkills []string       `yaml:"drop_skills"`
	MinLevel   *int           `yaml:"min_proficiency"`
	MaxTier    *int           `yaml:"max_tier"`
	Match      *string        `yaml:"match"`
}

type overflow struct {
	Queue string `yaml:"queue"`
	At    *int   `yaml:"at"`
}

type dismissal struct {
	Do    string `yaml:"do"`
	Queue string `yaml:"queue"`
	Text  string `yaml:"text"`
}

type onMaxWait struct {
	Do    string `yaml:"do"`
	Queue string `yaml:"queue"`
	Text  string `yaml:"text"`
}

type wrapup struct {
	Mode          string         `yaml:"mode"`
	Blocking      string         `yaml:"blocking"`
	Codes         []named        `yaml:"codes"`
	Notes         bool           `yaml:"notes"`
	Limit         *time.Duration `yaml:"limit"`
	Extensions    *int           `yaml:"extensions"`
	Extend        *time.Duration `yaml:"extend"`
	SkipUntouched bool           `yaml:"skip_untouched"`
}

type named struct {
	Code string `yaml:"code"`
	Name string `yaml:"name"`
}

type agent struct {
	ID         string            `yaml:"id"`
	Name       string            `yaml:"name"`
	Queues     []membership      `yaml:"queues"`
	Skills     skills            `yaml:"skills"`
	Languages  []string          `yaml:"languages"`
	Attributes map[string]string `yaml:"attributes"`
	Capacity   *int              `yaml:"capacity"`
	Channels   map[string]int    `yaml:"channels"`
}

type desk struct {
	Grace          *time.Duration `yaml:"grace"`
	ReserveTTL     *time.Duration `yaml:"reserve_ttl"`
	ReserveWait    *time.Duration `yaml:"reserve_wait"`
	RejectDelay    *time.Duration `yaml:"reject_delay"`
	NoAnswerDelay  *time.Duration `yaml:"no_answer_delay"`
	StickyRONA     *bool          `yaml:"sticky_rona"`
	RONAReturn     *time.Duration `yaml:"rona_return"`
	MaxNoAnswer    *int           `yaml:"max_no_answer"`
	OfflineStrikes *int           `yaml:"offline_strikes"`
	MaxRejects     *int           `yaml:"max_rejects"`
	KeepOffers     bool           `yaml:"keep_offers"`
	LostTo         string         `yaml:"lost_to"`
	WrapupMax      *time.Duration `yaml:"wrapup_max"`
	ChooseWithin   *time.Duration `yaml:"choose_within"`
	AmendWindow    *time.Duration `yaml:"amend_window"`
	Idle           *time.Duration `yaml:"idle"`
	IdleTo         string         `yaml:"idle_to"`
	Sessions       string         `yaml:"sessions"`
}
