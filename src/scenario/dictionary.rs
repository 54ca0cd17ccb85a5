//! The words that links are full of, so that a compressed link need not spell them out. Number 1. A dictionary is never
//! changed, for links made with it are to open for ever: a better one gets the next number.

/// Words that come often stand near the end, where a reference to them is short.
pub(super) const DICTIONARY_1: &str = "\
kubectl get pods -o wide -w --show-labels -L app kubectl describe pod kubectl logs -f kubectl exec -it -- sh -c \
kubectl expose rc --type=LoadBalancer --type=NodePort kubectl get svc kubectl rollout status deployment/ kubectl cordon \
kubectl uncordon kubectl drain --ignore-daemonsets kubectl taint nodes node1 key=value:NoSchedule kubectl patch rc -p '{\"spec\":{\
kubectl label pod --overwrite kubectl label node node2 disk=ssd kubectl delete rc --cascade=orphan kubectl delete pod \
--grace-period=0 --force --now kubectl scale rc kubia --replicas=5 kubectl create -f kubectl apply -f kubia-rc.yaml\
apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: \n  annotations:\n    nginx.ingress.kubernetes.io/rewrite-target: /\nspec:\n  \
ingressClassName: nginx\n  rules:\n  - host: kubia.example.com\n    http:\n      paths:\n      - path: /\n        pathType: Prefix\n        \
backend:\n          service:\n            name: kubia\n            port:\n              number: 80\n\
apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: batch-job\nspec:\n  schedule: \"*/3 * * * *\"\n  startingDeadlineSeconds: 15\n  \
concurrencyPolicy: Forbid\n  jobTemplate:\n    spec:\n      completions: 5\n      parallelism: 2\n      backoffLimit: 6\n      template:\n        \
apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: batch-job\nspec:\n  template:\n    spec:\n      restartPolicy: OnFailure\n      Never\n      \
apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: ssd-monitor\nspec:\n  selector:\n    matchLabels:\n      app: ssd-monitor\n  template:\n    \
metadata:\n      labels:\n        app: ssd-monitor\n    spec:\n      nodeSelector:\n        disk: ssd\n      containers:\n      - name: main\n        \
image: luksa/ssd-monitor\n        env:\n        - name: \n          value: \"\"\n        command: [\"sh\", \"-c\", \"sleep 10\"]\n        \
resources:\n          requests:\n            cpu: 100m\n            memory: 64Mi\n          limits:\n            volumeMounts:\n        - name: \n          mountPath: /\n      volumes:\n\
apiVersion: apps/v1\nkind: Deployment\nstrategy:\n    type: RollingUpdate\n    rollingUpdate:\n      maxSurge: 1\n      maxUnavailable: 0\n\
apiVersion: apps/v1\nkind: ReplicaSet\nmetadata:\n  name: kubia\nspec:\n  replicas: 3\n  selector:\n    matchLabels:\n      app: kubia\n    matchExpressions:\n    - key: app\n      operator: In\n      values:\n      - kubia\n\
apiVersion: v1\nkind: Service\nmetadata:\n  name: kubia\nspec:\n  type: LoadBalancer\n  externalTrafficPolicy: Local\n  sessionAffinity: ClientIP\n  clusterIP: None\n  externalName: \n  ports:\n  - name: http\n    port: 80\n    targetPort: 8080\n    nodePort: 30123\n  selector:\n    app: kubia\n\
        livenessProbe:\n          httpGet:\n            path: /\n            port: 8080\n          initialDelaySeconds: 15\n          periodSeconds: 10\n          timeoutSeconds: 1\n          failureThreshold: 3\n        \
readinessProbe:\n          exec:\n            command:\n            - ls\n            - /var/ready\n          tcpSocket:\n            \
apiVersion: v1\nkind: Pod\nmetadata:\n  name: kubia-liveness\n  labels:\n    app: kubia\nspec:\n  terminationGracePeriodSeconds: 30\n  tolerations:\n  - key: node.kubernetes.io/unreachable\n    operator: Exists\n    effect: NoExecute\n  containers:\n  - image: luksa/kubia-unhealthy\n    name: kubia\n\
apiVersion: v1\nkind: ReplicationController\nmetadata:\n  name: kubia\nspec:\n  replicas: 3\n  selector:\n    app: kubia\n  template:\n    metadata:\n      labels:\n        app: kubia\n    spec:\n      containers:\n      - name: kubia\n        image: luksa/kubia\n        ports:\n        - containerPort: 8080\n";
