using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Quorate.Server.Deciding;
using Quorate.Server.Ids;

namespace Quorate.Server.Features;

/// <summary>What can be asked of a feature. Closed.</summary>
abstract record FeatureCommand(DateTimeOffset At)
{
    /// <summary>Sets it, for the first time or anew.</summary>
    internal sealed record Set(DateTimeOffset At, string Name, int Percentage, ImmutableArray<ResourceId> Vaults, string By, string? Reason) : FeatureCommand(At);
}

/// <summary>One setting of a feature.</summary>
/// <param name="Percentage">For how many of a hundred vaults it is on.</param>
/// <param name="Vaults">For which it is on in any case, in the order of their ids.</param>
/// <param name="At">Since when.</param>
/// <param name="By">Who set it so.</param>
/// <param name="Reason">Why.</param>
sealed record FeatureSetting(int Percentage, ImmutableArray<ResourceId> Vaults, DateTimeOffset At, string By, string? Reason);

/// <summary>
/// Something new that is given to some vaults before the others. A vault's place is a hash of the feature and the vault: the same
/// one always, other for other features, and a percentage that grows only adds vaults.
/// </summary>
/// <param name="Name">What configuration and code call it.</param>
/// <param name="History">All its settings, the one in force last.</param>
sealed record Feature(string Name, ImmutableArray<FeatureSetting> History)
{
    /// <summary>Vaults that can be named.</summary>
    internal const int MaxVaults = 200;

    const int MaxName = 50;

    internal static Feature None { get; } = new("", []);

    internal static Decider<Feature, FeatureCommand, FeatureEvent> Decider { get; } = new("feature", FeatureEvent.Catalog, None, Decide, Evolve);

    /// <summary>The setting in force; null for a feature that was never set.</summary>
    internal FeatureSetting? Current => History.IsEmpty ? null : History[^1];

    /// <summary>Whether a text can be a feature's name: lower-case letters, digits and hyphens, a letter first.</summary>
    internal static bool IsName(string? text) =>
        text is { Length: > 0 and <= MaxName } && char.IsAsciiLetterLower(text[0]) && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary>Whether it is on for a vault. One that was never set is off.</summary>
    internal bool IsOn(ResourceId vault) => Current is { } now && (PlaceOf(Name, vault) < now.Percentage || now.Vaults.Contains(vault));

    /// <summary>A vault's place among a hundred. No name and no id has a slash, so no two pairs are the same bytes.</summary>
    internal static int PlaceOf(string feature, ResourceId vault) =>
        (int)(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{feature}/{vault}"))) % 100);

    internal static Decision<FeatureEvent> Decide(Feature feature, FeatureCommand command)
    {
        if (command is not FeatureCommand.Set c)
            throw new System.Diagnostics.UnreachableException(command.GetType().Name);
        var vaults = c.Vaults.Select(v => v.Require(ResourceKind.Vault)).Distinct().OrderBy(v => v.ToString(), StringComparer.Ordinal).ToImmutableArray();
        return !IsName(c.Name) ? new Refusal("invalid_feature", $"A feature's name is 1 to {MaxName} lower-case letters, digits and hyphens, a letter first.")
            : c.Percentage is < 0 or > 100 ? new Refusal("invalid_percentage", "A percentage is 0 to 100.")
            : vaults.Length > MaxVaults ? new Refusal("invalid_vaults", $"At most {MaxVaults} vaults can be named.")
            : (Rules.Text(c.By, "by") ?? Rules.Text(c.Reason, "reason")) is { } wrong ? wrong
            : feature.Current is { } now && now.Percentage == c.Percentage && now.Vaults.SequenceEqual(vaults) ? Decision<FeatureEvent>.Nothing
            : new FeatureEvent.FeatureSet(c.At, c.Name, c.Percentage, vaults, c.By, c.Reason);
    }

    internal static Feature Evolve(Feature feature, FeatureEvent happened) => happened switch
    {
        FeatureEvent.FeatureSet e => new(e.Name, feature.History.Add(new(e.Percentage, e.Vaults, e.At, e.By, e.Reason))),
        _ => throw new System.Diagnostics.UnreachableException(happened.GetType().Name),
    };
}
