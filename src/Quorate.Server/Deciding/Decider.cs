using Quorate.Journal.Events;

namespace Quorate.Server.Deciding;

/// <summary>One kind of aggregate: how its streams are called, what its events are, and the two pure functions.</summary>
/// <param name="Prefix">What its streams begin with.</param>
/// <param name="Catalog">Its events.</param>
/// <param name="Initial">The state of one that does not exist.</param>
/// <param name="Decide">What happens.</param>
/// <param name="Evolve">The next state.</param>
/// <param name="Claims">
/// What must be unique beyond the stream, for each event that takes or gives it back; see <see cref="Claim"/>. Null where
/// there is nothing.
/// </param>
sealed record Decider<TState, TCommand, TEvent>(
    string Prefix, EventCatalog<TEvent> Catalog, TState Initial, Func<TState, TCommand, Decision<TEvent>> Decide,
    Func<TState, TEvent, TState> Evolve, Func<TState, TEvent, IEnumerable<Claim>>? Claims = null)
    where TEvent : class
{
    /// <summary>The stream of one of them.</summary>
    internal string StreamOf(string id) => $"{Prefix}/{id}";
}

/// <summary>
/// Something that only one may have: a name in the organisation, an external id. It is a stream of its own, written in the
/// same commit as the event, so that two servers cannot both take it.
/// </summary>
/// <param name="Space">What kind of thing it is.</param>
/// <param name="Key">The thing, compared as it stands.</param>
/// <param name="Owner">Who has it.</param>
/// <param name="IsReleased">Whether it is given back; what is never given back is taken for ever.</param>
sealed record Claim(string Space, string Key, string Owner, bool IsReleased = false)
{
    /// <summary>The stream: of keys that are no names of streams, and may be long, the hash.</summary>
    internal string Stream =>
        $"claim/{Space}/{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Key)))}";
}
