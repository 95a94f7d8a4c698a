package main

import (
	"fmt"

	"github.com/parley-engine/parley/adminclient/api"
)

// whatever is the condition that always holds.
var whatever = new("*")

// configuration reads all of it and writes the same back: nothing is lost on the
// way through the types, or it would be a change.
func (d *driver) configuration() {
	whole := got(d.GetConfigWithResponse(d.ctx))
	etag := whole.HTTPResponse.Header.Get("ETag")
	same := got(d.PutConfigWithResponse(d.ctx, &api.PutConfigParams{IfMatch: &etag, DryRun: new(true)}, *whole.JSON200))
	if n := len(same.JSON200.Changes); n != 0 {
		fail(fmt.Errorf("the configuration came back with %d changes: %s", n, same.Body))
	}
	got(d.GetDeskWithResponse(d.ctx))
	desk := *whole.JSON200.Desk
	desk.MaxRejects = new(3)
	got(d.PutDeskWithResponse(d.ctx, &api.PutDeskParams{IfMatch: whatever}, desk))
	got(d.PatchDeskWithResponse(d.ctx, &api.PatchDeskParams{IfMatch: whatever}, api.DeskPatch{"max_rejects": nil}))
	versions := got(d.ListConfigVersionsWithResponse(d.ctx, &api.ListConfigVersionsParams{Limit: new(2)}))
	if versions.JSON200.Next == nil {
		fail(fmt.Errorf("two versions of three name no next page: %s", versions.Body))
	}
	got(d.ListConfigVersionsWithResponse(d.ctx, &api.ListConfigVersionsParams{Cursor: versions.JSON200.Next}))
	got(d.GetConfigVersionWithResponse(d.ctx, "1"))
	got(d.RollbackConfigWithResponse(d.ctx, "1", &api.RollbackConfigParams{IfMatch: whatever}))
}

// entries makes, reads, lists and changes one of each kind.
func (d *driver) entries() {
	got(d.PutChannelWithResponse(d.ctx, "sms", nil, api.Channel{Id: "sms", MaxChars: new(500), CustomerGrace: &api.CustomerGrace{Waiting: new("30s")}}))
	got(d.GetChannelWithResponse(d.ctx, "sms"))
	got(d.ListChannelsWithResponse(d.ctx, nil))
	got(d.PatchChannelWithResponse(d.ctx, "sms", &api.PatchChannelParams{IfMatch: whatever}, api.ChannelPatch{"max_chars": 600}))

	got(d.PutScheduleWithResponse(d.ctx, "shop", nil, api.NamedSchedule{TimeZone: "Europe/Rome", Hours: &[]api.OpenHours{{From: "09:00", To: "18:00"}}}))
	got(d.GetScheduleWithResponse(d.ctx, "shop"))
	got(d.ListSchedulesWithResponse(d.ctx, nil))
	got(d.PatchScheduleWithResponse(d.ctx, "shop", &api.PatchScheduleParams{IfMatch: whatever}, api.SchedulePatch{"time_zone": "Europe/Prague"}))

	got(d.PutQueueWithResponse(d.ctx, "orders", nil, api.Queue{Id: "orders", Strategy: new(api.QueueStrategy("round_robin")), OfferTimeout: new("15s"),
		Schedule: new("shop"), Wrapup: &api.Wrapup{Mode: new(api.WrapupMode("mandatory")), Codes: &[]api.Named{{Code: "sent"}}}}))
	queue := got(d.GetQueueWithResponse(d.ctx, "orders"))
	if q := queue.JSON200; q.Strategy == nil || *q.Strategy != "round_robin" || (*q.Wrapup.Codes)[0].Code != "sent" {
		fail(fmt.Errorf("the queue came back as %s", queue.Body))
	}
	got(d.ListQueuesWithResponse(d.ctx, &api.ListQueuesParams{Limit: new(2)}))
	got(d.PatchQueueWithResponse(d.ctx, "orders", &api.PatchQueueParams{IfMatch: new(queue.HTTPResponse.Header.Get("ETag"))}, api.QueuePatch{"schedule": nil}))

	got(d.PutCodeWithResponse(d.ctx, "orders", "lost", nil, api.Named{Code: "lost", Name: new("Lost on the way")}))
	got(d.GetCodeWithResponse(d.ctx, "orders", "lost"))
	got(d.ListWrapupCodesWithResponse(d.ctx, "orders", nil))
	got(d.PatchCodeWithResponse(d.ctx, "orders", "lost", &api.PatchCodeParams{IfMatch: whatever}, api.NamedPatch{"name": "Lost"}))

	got(d.PutStepWithResponse(d.ctx, "orders", "0", nil, api.NamedStep{After: "30s", DropSkills: &[]string{"parcels"}}))
	got(d.GetStepWithResponse(d.ctx, "orders", "0"))
	got(d.ListRoutingStepsWithResponse(d.ctx, "orders", nil))
	got(d.PatchStepWithResponse(d.ctx, "orders", "0", &api.PatchStepParams{IfMatch: whatever}, api.StepPatch{"after": "40s"}))

	got(d.PutSourceWithResponse(d.ctx, "shop", nil, api.Source{Id: "shop", Channel: "sms", Queue: "orders", Skills: &[]string{"parcels>=3"}}))
	got(d.GetSourceWithResponse(d.ctx, "shop"))
	got(d.ListSourcesWithResponse(d.ctx, nil))
	got(d.PatchSourceWithResponse(d.ctx, "shop", &api.PatchSourceParams{IfMatch: whatever}, api.SourcePatch{"priority": 2}))

	got(d.PutAgentWithResponse(d.ctx, "emma", nil, api.Agent{Id: "emma", Queues: &[]api.Membership{{Queue: "orders", Tier: new(2)}}, Languages: &[]string{"it"}}))
	got(d.GetAgentWithResponse(d.ctx, "emma"))
	got(d.ListAgentsWithResponse(d.ctx, nil))
	got(d.PatchAgentWithResponse(d.ctx, "emma", &api.PatchAgentParams{IfMatch: whatever}, api.AgentPatch{"capacity": 3}))

	got(d.PutSkillWithResponse(d.ctx, "parcels", &api.PutSkillParams{IfMatch: whatever}, api.Skill{Id: "parcels", Agents: map[string]int64{"emma": 4}}))
	got(d.GetSkillWithResponse(d.ctx, "parcels"))
	got(d.ListSkillsWithResponse(d.ctx, nil))
	got(d.PatchSkillWithResponse(d.ctx, "parcels", &api.PatchSkillParams{IfMatch: whatever}, api.SkillPatch{"agents": map[string]int{"alice": 2}}))

	got(d.PutReasonWithResponse(d.ctx, "gym", nil, api.Named{Code: "gym"}))
	got(d.GetReasonWithResponse(d.ctx, "gym"))
	got(d.ListPresenceReasonsWithResponse(d.ctx, nil))
	got(d.PatchReasonWithResponse(d.ctx, "gym", &api.PatchReasonParams{IfMatch: whatever}, api.NamedPatch{"name": "Gym"}))

	got(d.PutTemplateWithResponse(d.ctx, "bye", nil, api.NamedTemplate{Text: "Goodbye, <name>."}))
	got(d.GetTemplateWithResponse(d.ctx, "bye"))
	got(d.ListTemplatesWithResponse(d.ctx, nil))
	got(d.PatchTemplateWithResponse(d.ctx, "bye", &api.PatchTemplateParams{IfMatch: whatever}, api.TemplatePatch{"channels": []string{"livechat"}}))
}

// removals takes back what entries has made.
func (d *driver) removals() {
	got(d.DeleteSkillWithResponse(d.ctx, "parcels", &api.DeleteSkillParams{IfMatch: whatever}))
	got(d.DeleteAgentWithResponse(d.ctx, "emma", &api.DeleteAgentParams{IfMatch: whatever}))
	got(d.DeleteSourceWithResponse(d.ctx, "shop", &api.DeleteSourceParams{IfMatch: whatever}))
	got(d.DeleteStepWithResponse(d.ctx, "orders", "0", &api.DeleteStepParams{IfMatch: whatever}))
	got(d.DeleteCodeWithResponse(d.ctx, "orders", "lost", &api.DeleteCodeParams{IfMatch: whatever}))
	got(d.DeleteQueueWithResponse(d.ctx, "orders", &api.DeleteQueueParams{IfMatch: whatever}))
	got(d.DeleteScheduleWithResponse(d.ctx, "shop", &api.DeleteScheduleParams{IfMatch: whatever}))
	got(d.DeleteChannelWithResponse(d.ctx, "sms", &api.DeleteChannelParams{IfMatch: whatever}))
	got(d.DeleteReasonWithResponse(d.ctx, "gym", &api.DeleteReasonParams{IfMatch: whatever}))
	got(d.DeleteTemplateWithResponse(d.ctx, "bye", &api.DeleteTemplateParams{IfMatch: whatever}))
	if left := got(d.GetConfigWithResponse(d.ctx)); len(*left.JSON200.Queues) != 2 || len(*left.JSON200.Agents) != 2 {
		fail(fmt.Errorf("what was made is not gone: %s", left.Body))
	}
}
