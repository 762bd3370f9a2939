using Quorate.Cryptography.Secrets;
using Quorate.Node.Gate;
using Quorate.Node.Letters;
using Quorate.Node.Sessions;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Signing;

/// <summary>What of a node signing is made of. Everything stays its owner's.</summary>
/// <param name="Deployment">Who the nodes are.</param>
/// <param name="Me">Which of them this is.</param>
/// <param name="Gate">Decides.</param>
/// <param name="Vault">Has the shares.</param>
/// <param name="Sessions">Runs sessions.</param>
/// <param name="Letters">Reaches the peers outside of sessions.</param>
/// <param name="Conduct">Keeps what is thought of the peers in the long run.</param>
/// <param name="Limits">How long and how often.</param>
/// <param name="Time">What waiting is measured with.</param>
/// <param name="Random">Randomness of attempts and sessions.</param>
sealed record SigningParts(
    GenesisDocument Deployment, NodeEntry Me, ReleaseGate Gate, NodeVault Vault, SessionHost Sessions, Correspondence Letters, SigningConduct Conduct,
    SigningLimits Limits, TimeProvider Time, IRandom Random)
{
    /// <summary>This node's number in keys.</summary>
    internal PartyId Party => new(Me.Number);

    /// <summary>The node with a number.</summary>
    internal NodeId IdOf(PartyId party) => Deployment.Nodes[party.Value - 1].Id;
}
