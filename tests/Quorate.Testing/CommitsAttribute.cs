using Quorate.Threshold.Sessions;

namespace Quorate.Testing;

/// <summary>Says that in this test a party commits <paramref name="fault"/> and the honest ones name it.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class CommitsAttribute(Fault fault) : Attribute
{
    /// <summary>The fault.</summary>
    public Fault Fault { get; } = fault;
}
