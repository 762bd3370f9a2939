using FsCheck;
using FsCheck.Fluent;
using Quorate.Server.Deciding;

namespace Quorate.Server.Tests.Store;

/// <summary>Commands to one aggregate, without a store.</summary>
static class Commands
{
    /// <summary>The state after commands that are all accepted.</summary>
    internal static TState After<TState, TCommand, TEvent>(this Decider<TState, TCommand, TEvent> decider, params TCommand[] commands) where TEvent : class =>
        commands.Aggregate(decider.Initial, decider.Next);

    /// <summary>The state after one more, which is accepted and has an effect.</summary>
    internal static TState Next<TState, TCommand, TEvent>(this Decider<TState, TCommand, TEvent> decider, TState state, TCommand command) where TEvent : class
    {
        var decision = decider.Decide(state, command);
        Assert.True(decision.Refusal is null, $"{command}: {decision.Refusal}");
        Assert.NotEmpty(decision.Events);
        return decision.Events.Aggregate(state, decider.Evolve);
    }

    /// <summary>The code of the refusal, "nothing" for what is there already, "accepted" for what is not.</summary>
    internal static string Answer<TState, TCommand, TEvent>(this Decider<TState, TCommand, TEvent> decider, TState state, TCommand command) where TEvent : class
    {
        var decision = decider.Decide(state, command);
        Assert.True(decision.Refusal is null || decision.Events.IsEmpty);
        return decision.Refusal?.Code ?? (decision.Events.IsEmpty ? "nothing" : "accepted");
    }

    /// <summary>What is taken and given back by a command that is accepted.</summary>
    internal static IEnumerable<Claim> ClaimsOf<TState, TCommand, TEvent>(this Decider<TState, TCommand, TEvent> decider, TState state, TCommand command) where TEvent : class =>
        decider.Decide(state, command).Events.SelectMany(e => decider.Claims!(state, e));

    /// <summary>
    /// Whatever has happened before: a command that was accepted is accepted again at once, without an effect; what is
    /// read back from the journal is what was written; and what does not exist is only begun, by the first commands.
    /// </summary>
    /// <param name="decider">The decider.</param>
    /// <param name="begin">Commands that begin one.</param>
    /// <param name="more">Others.</param>
    /// <param name="isObservation">Which ones are written down each time.</param>
    internal static void HoldUnderAnyCommands<TState, TCommand, TEvent>(
        this Decider<TState, TCommand, TEvent> decider, TCommand[] begin, TCommand[] more, Func<TCommand, bool>? isObservation = null) where TEvent : class
    {
        Assert.All(more, command => Assert.Equal("not_found", decider.Answer(decider.Initial, command)));
        // Half of all walks begin as they should; the others come upon what does not exist.
        var walks = Gen.Elements(begin.Concat(more).ToArray()).ListOf(14);
        var begun = Gen.Elements(begin).SelectMany(first => walks.Select(rest => rest.Prepend(first)));
        Prop.ForAll(Gen.OneOf(walks.Select(w => w.AsEnumerable()), begun).ToArbitrary(), walk =>
        {
            var state = decider.Initial;
            foreach (var command in walk)
            {
                var decision = decider.Decide(state, command);
                if (decision.Refusal is not null)
                {
                    Assert.Empty(decision.Events);
                    continue;
                }
                state = decision.Events.Aggregate(state, decider.Evolve);
                if (isObservation?.Invoke(command) != true)
                    Assert.Equal("nothing", decider.Answer(state, command));
                foreach (var happened in decision.Events)
                {
                    var written = decider.Catalog.Encode(happened);
                    var read = decider.Catalog.Decode(new()
                    {
                        Position = 1, Stream = "s", Version = 1, Id = default, Type = written.Type, SchemaVersion = written.SchemaVersion,
                        RecordedMicroseconds = 0, Payload = written.Payload, Hash = default,
                    });
                    Assert.Equal(written.Payload.ToArray(), decider.Catalog.Encode(read).Payload.ToArray());
                }
            }
        }).QuickCheckThrowOnFailure();
    }
}
