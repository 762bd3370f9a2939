using System.Collections.Concurrent;
using Quorate.Chains;
using Quorate.Server.Deciding;
using Quorate.Server.Ids;
using Quorate.Server.Store;

namespace Quorate.Server.Features;

/// <summary>
/// The features as this server knows them, in memory. What is set here holds at once; what another server of the same database has set,
/// from the next look at the journal on, which reads of every feature only what is new.
/// </summary>
/// <param name="store">The journal.</param>
/// <param name="chains">Chains that are offered only where a feature is on.</param>
sealed class FeatureBook(ServerStore store, IReadOnlyDictionary<ChainId, string> chains)
{
    readonly ConcurrentDictionary<string, (Feature State, long Version)> features = new(StringComparer.Ordinal);

    /// <summary>Whether a feature is on for a vault. One that was never set is off.</summary>
    internal bool IsOn(string feature, ResourceId vault) => features.TryGetValue(feature, out var known) && known.State.IsOn(vault);

    /// <summary>Why a chain is not offered to a vault; null where it is.</summary>
    internal Refusal? Withheld(ChainId chain, ResourceId vault) => chains.TryGetValue(chain, out var feature) && !IsOn(feature, vault)
        ? new("feature_off", $"{chain} is not offered to this vault: the feature {feature} is off for it.")
        : null;

    /// <summary>Takes note of a state that was read or decided.</summary>
    internal void Note(Feature state, long version) =>
        features.AddOrUpdate(state.Name, (state, version), (_, known) => known.Version > version ? known : (state, version));

    /// <summary>Reads what is new.</summary>
    internal async Task RefreshAsync(CancellationToken cancellation)
    {
        foreach (var name in await store.Index.AllAsync("feature", isOpenOnly: false, cancellation).ConfigureAwait(false))
        {
            var (state, version) = features.TryGetValue(name, out var known) ? known : (Feature.None, 0);
            var seen = version;
            await foreach (var recorded in store.Journal.ReadStreamAsync(Feature.Decider.StreamOf(name), version, cancellation).ConfigureAwait(false))
                (state, version) = (Feature.Evolve(state, FeatureEvent.Catalog.Decode(recorded)), recorded.Version);
            if (version > seen)
                Note(state, version);
        }
    }
}
