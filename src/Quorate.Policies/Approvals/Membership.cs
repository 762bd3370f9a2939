using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Quorate.Policies;

/// <summary>A person (or a machine that initiates), with the devices that speak for it.</summary>
public sealed record Member(string Id, ImmutableArray<Device> Devices);

/// <summary>
/// Who belongs to the organisation and which devices speak for whom. No key speaks for two members: one person has one
/// vote, and so has one key.
/// </summary>
public sealed class Membership
{
    readonly FrozenDictionary<string, Member> members;

    /// <summary>A membership.</summary>
    /// <exception cref="ArgumentException">A member or device has no valid name or stands twice, or two devices share a key.</exception>
    public Membership(RelyingParty relyingParty, IEnumerable<Member> members)
    {
        ArgumentNullException.ThrowIfNull(relyingParty);
        ArgumentNullException.ThrowIfNull(members);
        RelyingParty = relyingParty;
        var byId = new Dictionary<string, Member>(StringComparer.Ordinal);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in members)
        {
            Naming.Require(member.Id, nameof(members));
            if (!byId.TryAdd(member.Id, member))
                throw new ArgumentException($"Member {member.Id} stands twice.", nameof(members));
            var devices = new HashSet<string>(StringComparer.Ordinal);
            foreach (var device in member.Devices)
            {
                if (!devices.Add(Naming.Require(device.Id, nameof(members))))
                    throw new ArgumentException($"Device {device.Id} of {member.Id} stands twice.", nameof(members));
                foreach (var key in device.Identities)
                    if (!keys.Add(key))
                        throw new ArgumentException($"The key of device {device.Id} of {member.Id} is registered already.", nameof(members));
            }
        }
        this.members = byId.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Largest document read: ten thousand members with a few devices each.</summary>
    public const int MaxSize = 8 << 20;

    /// <summary>Reads a membership document, docs/spec/genesis.md.</summary>
    /// <exception cref="DocumentException">Not a membership; says where and why.</exception>
    public static Membership Parse(ReadOnlySpan<byte> utf8) => MembershipReader.Read(JsonTree.Parse(utf8, MaxSize));

    /// <summary>Where passkeys of this organisation are used.</summary>
    public RelyingParty RelyingParty { get; }

    /// <summary>Whether somebody of this name belongs to it and has a device.</summary>
    public bool CanApprove(string member) => members.TryGetValue(member, out var found) && !found.Devices.IsEmpty;

    /// <summary>The devices of a member, of whatever time; none where nobody is called so.</summary>
    public ImmutableArray<Device> DevicesOf(string member) => members.TryGetValue(member, out var found) ? found.Devices : [];

    /// <summary>The device of a member; null where there is none, with the fault that says what is missing.</summary>
    internal Device? Find(string member, string device, out ApprovalFault fault)
    {
        fault = ApprovalFault.UnknownMember;
        if (!members.TryGetValue(member, out var found))
            return null;
        fault = ApprovalFault.UnknownDevice;
        return found.Devices.FirstOrDefault(d => d.Id == device);
    }
}
