using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Lifecycle;

/// <summary>Short names for parties.</summary>
static class Parties
{
    internal static PartyId P(int party) => new(party);

    internal static PartySet Set(params int[] parties) => new(parties.Select(P));
}
