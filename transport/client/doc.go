// Package client is a client of parley.v1 for Go programs: bots, load
// generators, tests, command lines.
//
// A [Client] is one logical connection. Websockets break and servers restart
// under it; it connects again, resumes where it stood and sends again what was
// not answered, so that its user sees each event exactly once and in order, and
// gets one answer for each command.
//
//	c, err := client.Dial(ctx, client.Options{URL: "ws://127.0.0.1:8080/v1/ws", Token: token})
//	if err != nil {
//		return err
//	}
//	defer c.Close()
//	if _, err := c.Do(ctx, &wire.SetPresence{State: wire.ChooseAvailable}); err != nil {
//		return err
//	}
//	for {
//		got, err := c.Next(ctx)
//		if err != nil {
//			return err
//		}
//		if offer, ok := got.Event.(*wire.OfferEvent); ok {
//			_, err = c.Do(ctx, &wire.Accept{Offer: offer.Offer.Offer})
//		}
//	}
//
// Do may be called from the loop that calls Next: answers never wait for events
// to be taken.
package client
