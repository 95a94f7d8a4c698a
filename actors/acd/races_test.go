package acd

import (
	"testing"

	"github.com/parley-engine/parley/actors/acd/racetest"
)

// TestRaces plays every race of the model that is decided within one mailbox,
// in both orders, by the rules alone. Those between a session, the journal and
// the clock are played by the engine.
func TestRaces(t *testing.T) { racetest.Play(t, "acd", racesOfOffers, racesOfFlows, racesOfDesks) }

// each plays several stories of one order.
func each(stories ...func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) {
		for _, story := range stories {
			story(t)
		}
	}
}

// racesOfOffers are those of a chat with one agent.
var racesOfOffers = racetest.Orders{
	"01 accept_first":          each(race01AcceptThenTheOffersTimeIsUp),
	"01 time_out_first":        each(race01TheOffersTimeIsUpThenAccept, race01AtTheDeadlineItselfTheOfferIsOverWhicheverComesFirst),
	"02 accept_first":          race02AcceptThenTheCustomerLeaves,
	"02 customer_first":        race02TheCustomerLeavesThenAccept,
	"03 accept_first":          race03AcceptThenReject,
	"03 reject_first":          race03RejectThenAccept,
	"04 desk_first":            race04AcceptTwiceIsOneAccept,
	"04 phone_first":           race04AnswersFromTwoDevicesBothGoToTheChat,
	"05 alice_first":           race05(alice),
	"05 bob_first":             race05(bob),
	"06 reject_first":          race06RejectThenTheOffersTimeIsUp,
	"06 time_out_first":        race06TheOffersTimeIsUpThenReject,
	"20 grant_first":           race20AGrantThenTheCustomerLeaves,
	"20 change_first":          race20TheChatHasLeftOrIsTakenThenAGrant,
	"21 second_while_it_rings": race21AGrantAgainWhileItRings,
	"21 second_after_its_end":  race21AGrantAgainAfterItsEnd,
	"25 customer_first":        race25TheCustomerEndsThenTheAgent,
	"25 agent_first":           race25TheAgentEndsThenTheCustomer,
	"29 return_first":          race29TheCustomerReturnsThenTheGraceIsOver,
	"29 grace_first":           race29TheGraceIsOverThenTheCustomerReturns,
	"32 message_first":         race32MessageThenEnd,
	"32 end_first":             race32EndThenMessage,
	"33 customer_first":        race33TheCustomerWritesThenTheAgent,
	"33 agent_first":           race33TheAgentWritesThenTheCustomer,
	"43 enqueue_first":         race43AQueueThatIsDeletedSendsAwayWhoHasNoOffer,
	"43 deletion_first":        race43AChatThatComesToADeletedQueueIsRefused,
	"44 accept_first":          race44AcceptThenTheQueueIsDeleted,
	"44 deletion_first":        race44TheQueueIsDeletedThenTheOfferEnds,
	"45 offer_ends_first":      race45TheOfferEndsThenTheLongestWait,
	"45 wait_ends_first":       each(race45TheLongestWaitDoesNotInterruptAnOffer, race45ARejectAfterTheLongestWaitIsFollowedByTheEnd),
}

// racesOfFlows are those of a chat with a second agent or a supervisor.
var racesOfFlows = racetest.Orders{
	"07 accept_first":       race07AcceptThenASupervisorTakesOver,
	"07 take_over_first":    race07ASupervisorTakesOverThenAccept,
	"08 accept_first":       race08AcceptThenTheSenderCancelsTheTransfer,
	"08 cancel_first":       race08TheSenderCancelsTheTransferThenAccept,
	"09 accept_first":       race09AcceptThenTheSenderEndsTheChat,
	"09 end_first":          race09TheSenderEndsTheChatThenAccept,
	"10 accept_first":       race10AcceptThenTheSenderIsLost,
	"10 loss_first":         race10TheSenderIsLostThenAccept,
	"11 time_out_first":     race11TheTargetsTimeIsUpThenTheSenderLeaves,
	"11 leave_first":        race11TheSenderLeavesThenTheTargetsTimeIsUp,
	"12 accept_first":       race12AcceptThenTheQueueOfTheTransferIsDeleted,
	"12 deletion_first":     race12TheQueueOfTheTransferIsDeletedThenAccept,
	"13 leave_first":        race13TheSenderLeavesThenTheNextAgentAccepts,
	"13 accept_first":       race13TheNextAgentAcceptsThenTheSenderLeaves,
	"22 pick_first":         race22APickThenAnAutomaticGrant,
	"22 offer_first":        race22AnAutomaticOfferThenAPick,
	"23 alice_first":        race23(alice),
	"23 bob_first":          race23(bob),
	"24 pick_first":         race24APickThenTheCustomerLeaves,
	"24 customer_first":     race24TheCustomerLeavesThenAPick,
	"26 customer_first":     race26TheCustomerEndsDuringAWarmTransfer,
	"26 accept_first":       race26TheTargetAcceptsThenTheCustomerEnds,
	"27 customer_first":     race27TheCustomerEndsDuringAConference,
	"27 conference_first":   race27TheConferenceEndsThenTheCustomer,
	"28 customer_first":     race28TheCustomerEndsDuringAConsultation,
	"28 consult_first":      race28TheConsultationEndsThenTheCustomer,
	"34 message_first":      race34AMessageThenTheChatMoves,
	"34 move_first":         race34TheChatMovesThenAMessage,
	"35 end_first":          race35TheOwnerEndsThenTheInvitedAccepts,
	"35 accept_first":       race35TheInvitedAcceptsThenTheOwnerEnds,
	"36 owner_first":        race36TheOwnerEndsThenTheInvited,
	"36 invited_first":      race36TheInvitedEndsThenTheOwner,
	"37 bob_first":          race37("bob"),
	"37 carol_first":        race37("carol"),
	"38 alice_first":        func(t *testing.T) { race38(t, false) },
	"38 bob_first":          func(t *testing.T) { race38(t, true) },
	"39 target_joins_first": race39ATransferToOneselfAndToWhoIsInTheChat,
	"39 transfer_first":     race39ATransferThenTheTargetIsInvited,
	"40 accept_first":       race40AcceptThenTheSourceIsRemoved,
	"40 removal_first":      race40TheSourceIsRemovedThenAccept,
	"41 message_first":      race41AMessageThenTheSourceIsRemoved,
	"41 removal_first":      race41TheSourceIsRemovedThenAMessage,
	"42 removal_first":      race42TheSourceIsRemovedDuringATransfer,
	"42 accept_first":       race42TheTransferIsAcceptedThenTheSourceIsRemoved,
	"52 accept_first":       each(race52TheOtherAcceptsThenTheAgentReturns, race52AnAgentReturnsWhileHisChatIsOfferedToAnother),
	"52 return_first":       each(race52AnAgentWhoReturnsThenTheOtherAccepts, race52AnAgentReturnsBeforeHisChatIsOfferedToAnother),
	"54 end_first":          each(race54ForceEndThenAccept, race54ForceEndThenATransfersAccept),
	"54 accept_first":       each(race54AcceptThenForceEnd, race54ATransfersAcceptThenForceEnd),
}

// racesOfDesks are those of an agent, some of them with what his chat says.
var racesOfDesks = racetest.Orders{
	"14 accept_first":    each(race14AcceptThenLogout, race14AcceptThenAbort),
	"14 logout_first":    each(race14LogoutThenAccept, race14AnAcceptThatCameTooLateLetsTheLogoutPass),
	"15 accept_first":    each(race15AcceptThenNotReady, race14AcceptThenAbort),
	"15 not_ready_first": each(race15NotReadyThenAccept, race14AbortThenAccept),
	"16 accept_first":    each(race16AcceptThenSocketDies, race16AnAssignmentToWhoIsLostIsGivenBack),
	"16 loss_first":      race16TheSocketDiesThenAccept,
	"18 support_first":   race18("support", "sales"),
	"18 sales_first":     race18("sales", "support"),
	"19 reserve_first":   each(race19ReserveThenNotReady, race19ReserveThenWrapupAndGrace),
	"19 state_first":     race19NotReadyWrapupAndGraceThenReserve,
	"46 miss_first":      race46AMissThenANextState,
	"46 state_first":     each(race46AMissCancelsAQueuedAvailable, race46AMissLeavesAQueuedNotReady, race46AMissNeverOverridesNotReady),
	"47 person_first":    race47TheReturnOfTheClockAfterThePersonsOwnIsNothing,
	"47 timer_first":     race47TheReturnOfTheClockThenThePersonsOwn,
	"48 submit_first":    race48SubmitThenTimeout,
	"48 timer_first":     each(race48TimeoutThenSubmitAmendsWithinTheWindow, race48TimeoutThenSubmitAfterTheWindowChangesNothing),
	"49 desk_first":      each(race49("spam", "solved"), race49AWrapupFiledTwiceCountsOnce),
	"49 phone_first":     race49("solved", "spam"),
	"50 reserve_first":   race50ReserveThenABlockingWrapup,
	"50 wrapup_first":    race50ABlockingWrapupThenReserve,
	"51 return_first":    race51BackThenTheEndOfTheGrace,
	"51 grace_first":     each(race51TheEndOfTheGraceThenBack, race51LostThenTheAgentComesBackToAChatThatIsNoLongerHis),
	"53 new_first":       race53(SessionOpened{Session: "b"}, SessionClosed{Session: "s1"}),
	"53 old_first":       race53(SessionClosed{Session: "s1"}, SessionOpened{Session: "b"}, SessionClosed{Session: "s1"}),
	"55 state_first":     race55AForcedStateTakesBackWhatRings,
	"55 accept_first":    race55AcceptThenAForcedState,
	"56 reserve_first":   race56ReserveThenALowerCapacity,
	"56 capacity_first":  race56ALowerCapacityThenReserve,
}
